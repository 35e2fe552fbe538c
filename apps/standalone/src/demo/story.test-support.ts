import type { Story } from '@hoptrace/web'
import type { Demo } from './demo.ts'
import { castOf } from './seeded.ts'

type Session = { id: string; principal: string; protocol: string; target: { name: string } }
type Statement = { item: string; seq: number; text?: string; results?: { rows?: (string | null)[][] }[] }

/** What the browser looks for in a demo: the answer that named the bastion, and the shell that was opened there. */
export async function storyOf(demo: Demo): Promise<Story> {
  const { items } = await ask<{ items: Session[] }>(demo, '/sessions')
  const sessionOf = (principal: string, protocol: string) =>
    items.find((session) => session.principal === principal && session.protocol === protocol)?.id ?? ''
  const sessionId = sessionOf(demo.told.planner.principal, 'postgres')
  const { items: statements } = await ask<{ items: Statement[] }>(demo, `/sessions/${sessionId}/statements`)
  const config = statements.find(({ item, text }) => item === 'statement' && text?.includes('app_config'))
  const value = castOf(demo.seed).bastionHost
  return {
    chainId: demo.chainId,
    // The answer is ordered by key: maintenance.bastion is the fourth.
    sql: { sessionId, statementSeq: config?.seq ?? -1, row: 3, col: 'value', value },
    terminalSessionId: sessionOf(demo.told.operator.principal, 'ssh'),
    revocable: 'report-agent',
  }
}

async function ask<T>(demo: Demo, path: string): Promise<T> {
  const response = await fetch(`${demo.apiUrl}/api/v1${path}`, { headers: { authorization: `Bearer ${demo.operatorToken}` } })
  return (await response.json()) as T
}
