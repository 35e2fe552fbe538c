import { z } from 'zod'
import type { Told } from './story.ts'
import { pause } from './typist.ts'

const PATIENCE_MS = 60_000
const LOOK_EVERY_MS = 200
/** The correlator revises a chain while the story's last events are stored: it is told once it has kept this long. */
const SETTLED_LOOKS = 10

const Chains = z.object({ items: z.array(z.object({ id: z.string() })) })
const Chain = z.object({ nodes: z.array(z.object({ run: z.string().nullable(), kind: z.string(), protocol: z.string().nullable() })) })

const Alerts = z.object({ items: z.array(z.object({ id: z.string(), chainId: z.string().nullable() })) })

/** Waits until the alert about that chain is revised no more. @returns its id */
export async function waitForAlert(apiUrl: string, operatorToken: string, chainId: string): Promise<string> {
  const headers = { authorization: `Bearer ${operatorToken}` }
  let settled = { alerts: '', looks: 0 }
  for (const deadline = Date.now() + PATIENCE_MS; Date.now() < deadline; await pause(LOOK_EVERY_MS)) {
    const response = await fetch(`${apiUrl}/api/v1/alerts?chain=${chainId}`, { headers })
    const answer: unknown = await response.json()
    const alert = Alerts.parse(answer).items.find((each) => each.chainId === chainId)
    const alerts = JSON.stringify(answer, (name, value) => (name === 'range' ? undefined : value))
    settled = { alerts, looks: alerts === settled.alerts ? settled.looks + 1 : 0 }
    if (alert && settled.looks >= SETTLED_LOOKS) return alert.id
  }
  throw new Error('Nothing was raised about the story within a minute')
}

/** Waits until the correlator has linked the whole story in one chain: sessions of both runs and all four protocols, and every refusal. */
export async function waitForChain(apiUrl: string, operatorToken: string, told: Told): Promise<string> {
  const get = async (path: string): Promise<unknown> => {
    const response = await fetch(`${apiUrl}/api/v1${path}`, { headers: { authorization: `Bearer ${operatorToken}` } })
    return response.json()
  }
  let settled = { detail: '', looks: 0 }
  for (const deadline = Date.now() + PATIENCE_MS; Date.now() < deadline; await pause(LOOK_EVERY_MS)) {
    for (const { id } of Chains.parse(await get('/chains')).items) {
      const detail = await get(`/chains/${id}`)
      const { nodes } = Chain.parse(detail)
      const runs = new Set(nodes.map((access) => access.run))
      const refused = nodes.filter((access) => access.kind === 'refused').length
      const protocols = new Set(nodes.flatMap(({ kind, protocol }) => (kind === 'session' ? [protocol] : [])))
      if (protocols.size < 4) continue
      if (!runs.has(told.planner.id) || !runs.has(told.operator.id) || refused < told.refusals.length) continue
      const rendered = JSON.stringify(detail)
      settled = { detail: rendered, looks: rendered === settled.detail ? settled.looks + 1 : 0 }
      if (settled.looks >= SETTLED_LOOKS) return id
    }
  }
  throw new Error('The correlator did not link the story within a minute')
}
