import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { z } from 'zod'
import { loadConfig } from '../config.ts'
import { Supervisor } from '../supervisor/supervisor.ts'
import { waitForAlert, waitForChain } from './chain-watch.ts'
import { lastWeek } from './last-week.ts'
import { portNear } from './ports.ts'
import { type Cast, castOf } from './seeded.ts'
import { type Stage, startRun } from './stage.ts'
import { honestTask, misdirectedTask, type Told } from './story.ts'
import { startTargets } from './targets.ts'

export type Demo = {
  seed: string
  apiUrl: string
  operatorToken: string
  dataDir: string
  /** The credentials that the gateway alone holds, but for the one that the story has in a table. */
  targetSecrets: string[]
  told: Told
  chainId: string
  /** The one alert that the story raises. */
  alertId: string
  /** What a reader does next: the link, and a line to try. */
  invitation: string
  /** A link that logs one browser in, once. @param next path of the page that it opens */
  loginLink(next: string): Promise<string>
  stop(): Promise<void>
}

/** Starts real targets and the platform, lets the agents do their tasks through the gateway, and goes on serving. */
export async function startDemo(seed: string, say: (line: string) => void): Promise<Demo> {
  const dataDir = mkdtempSync(join(tmpdir(), 'hoptrace-demo-'))
  say(`Starting the platform and its targets (seed ${seed}, data in ${dataDir})`)
  const targets = await startTargets(castOf(seed))
  const ports = await freePorts()
  const file = join(dataDir, 'hoptrace.yaml')
  writeFileSync(file, JSON.stringify(configuration(dataDir, ports, targets.targets), null, 2))
  const supervisor = new Supervisor(loadConfig(file), say, targets.secrets, 'warnings')
  const stop = async () => {
    await supervisor.stop()
    await targets.stop()
    rmSync(dataDir, { recursive: true, force: true })
  }
  try {
    await supervisor.start()
    const stage = await stageOf(ports, supervisor.operatorToken, castOf(seed))
    say('Publishing recordings of the last seven days, made up: against them it is told what is seen for the first time')
    await publish(supervisor, lastWeek(Date.now()))
    await honestTask(stage, say)
    const told = await misdirectedTask(stage, say)
    const chainId = await waitForChain(supervisor.apiUrl, supervisor.operatorToken, told)
    const alertId = await waitForAlert(supervisor.apiUrl, supervisor.operatorToken, chainId)
    const invitation = await invite(stage, await supervisor.loginLink(`/alerts/${alertId}`))
    const { DEMO_LEDGER_PASSWORD: _, ...held } = targets.secrets
    const { apiUrl, operatorToken } = supervisor
    const loginLink = (next: string) => supervisor.loginLink(next)
    return { seed, apiUrl, operatorToken, dataDir, targetSecrets: Object.values(held), told, chainId, alertId, invitation, loginLink, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

type Ports = Awaited<ReturnType<typeof freePorts>>

async function freePorts() {
  const [postgres, ssh, http] = [await portNear(6432), await portNear(6422), await portNear(6488)]
  return { postgres, ssh, http, kubernetes: await portNear(6444), control: await portNear(6470), api: await portNear(6480) }
}

async function stageOf(ports: Ports, operatorToken: string, { namespace, billingHost, reportingToken }: Cast): Promise<Stage> {
  const host = '127.0.0.1'
  const control = `http://${host}:${ports.control}`
  const listeners = await fetch(`${control}/listeners`, { headers: { authorization: `Bearer ${operatorToken}` } })
  const { certificateAuthority } = z.object({ certificateAuthority: z.string() }).parse(await listeners.json())
  return {
    postgres: { host, port: ports.postgres },
    ssh: { host, port: ports.ssh },
    http: `http://${host}:${ports.http}`,
    kubernetes: { server: `https://${host}:${ports.kubernetes}`, certificateAuthority },
    reporting: { namespace, invoices: `http://${billingHost}/v1/invoices`, credential: reportingToken },
    control,
    operatorToken,
  }
}

async function publish({ apiUrl, operatorToken }: Supervisor, events: readonly Buffer[]): Promise<void> {
  const headers = { authorization: `Bearer ${operatorToken}`, 'content-type': 'application/x-ndjson' }
  const response = await fetch(`${apiUrl}/api/v1/events`, { method: 'POST', headers, body: events.map(String).join('\n') })
  const answer = z.object({ refused: z.int() }).safeParse(await response.json())
  if (answer.data?.refused !== 0) throw new Error(`The platform did not take the recordings of last week: ${response.status}`)
}

/** What the demo's operator has declared: whose invoices are not anybody's to read, and who is asked about a credential. */
const ALERTS = { privileged: { targets: ['billing'] }, owners: { billing: 'payments@example.com', ledger: 'finance@example.com' } }

// JSON is YAML.
function configuration(dataDir: string, ports: Ports, targets: unknown[]) {
  const at = (port: number) => ({ listen: `127.0.0.1:${port}` })
  const { api, ...doors } = ports
  const gateway = Object.fromEntries(Object.entries(doors).map(([door, port]) => [door, at(port)]))
  return { dataDir, gateway, api: at(api), targets, alerts: ALERTS }
}

async function invite(stage: Stage, link: string): Promise<string> {
  const { token } = await startRun(stage, stage.operatorToken, {
    principal: 'you',
    agent: { template: 'person', version: '1' },
    task: 'Look around.',
    ttlSeconds: 8 * 3600,
    grants: [{ target: 'orders', protocol: 'postgres' }],
  })
  return `
Look at the alert that it raised, and from there at every moment that proves it (this link logs one browser in, once):
  ${link}

Be recorded yourself, then find your query under Sessions:
  psql "postgres://app:${token}@127.0.0.1:${stage.postgres.port}/orders" -c "SELECT key FROM app_config"

Serving until Ctrl-C.`
}
