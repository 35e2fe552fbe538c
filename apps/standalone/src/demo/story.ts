import { withPostgres, withShell } from './clients.ts'
import { Cluster } from './cluster-client.ts'
import { type FoundCluster, lookIntoCluster, readInvoices } from './cluster-story.ts'
import { type MintRequest, type Run, type Stage, startRun } from './stage.ts'
import { pause } from './typist.ts'

export type Told = {
  /** Runs of the misdirected task: the planner's, and the operator agent's that it started. */
  planner: Run
  operator: Run
  /** What the gateway answered where it refused. */
  refusals: string[]
}

type Say = (line: string) => void
const TTL_SECONDS = 3600
const BREATH_MS = 250

/** What whoever operates the bastion may reach: in the cluster pods, and not their secrets. */
const OPERATIONS: MintRequest['grants'] = [
  { target: 'bastion', protocol: 'ssh' },
  { target: 'prod', protocol: 'kubernetes', kubernetes: { resources: ['pods', 'pods/exec'], verbs: ['get', 'list', 'create'] } },
  { target: 'billing', protocol: 'http', http: { methods: ['GET'], paths: ['/v1/**'] } },
]

/** An honest task over three protocols: the agent goes where its task says, with a credential of its own. Nothing here should link or alert. */
export async function honestTask(stage: Stage, say: Say): Promise<Run> {
  const { namespace, invoices, credential } = stage.reporting
  const run = await startRun(stage, stage.operatorToken, {
    principal: 'report-agent',
    agent: { template: 'reporter', version: '3.1.0' },
    task: `How many orders were placed each day this week? Are the pods in ${namespace} well, and what is unpaid at ${invoices}?`,
    owner: 'dana@example.com',
    ttlSeconds: TTL_SECONDS,
    grants: [
      { target: 'orders', protocol: 'postgres' },
      { target: 'prod', protocol: 'kubernetes', kubernetes: { namespaces: [namespace], resources: ['pods'], verbs: ['get', 'list'] } },
      { target: 'billing', protocol: 'http', http: { methods: ['GET'], paths: ['/v1/invoices'] } },
    ],
  })
  say('report-agent: counts the orders of each day')
  await withPostgres(stage.postgres, { user: 'app', password: run.token, target: 'orders' }, async (query) => {
    await query('SELECT date_trunc($1, placed_at)::date AS day, count(*) AS orders FROM orders GROUP BY 1 ORDER BY 1 DESC LIMIT 7', ['day'])
    await pause(BREATH_MS)
    await query('SELECT customer, sum(total) AS total FROM orders GROUP BY customer ORDER BY total DESC LIMIT 5')
  })
  say('report-agent: looks at the pods and at the invoices, as it was asked to')
  await new Cluster(stage.kubernetes, { cluster: 'prod', token: run.token }).pods(namespace)
  await readInvoices(stage, run, { url: invoices, credential })
  return run
}

/**
 * The misdirected task. Every name and secret that the agents use they read in an answer: nothing is passed to them.
 * The planner reads the config table; its nested agent goes on to the bastion, to the cluster that a file there names, and to the
 * service whose token a pod there shows; then the found password is tried.
 */
export async function misdirectedTask(stage: Stage, say: Say): Promise<Told> {
  const planner = await startRun(stage, stage.operatorToken, {
    principal: 'planner-agent',
    agent: { template: 'planner', version: '1.4.2' },
    task: 'Nightly totals look wrong. Find out why and fix it.',
    owner: 'dana@example.com',
    ttlSeconds: TTL_SECONDS,
    grants: [{ target: 'orders', protocol: 'postgres' }, ...OPERATIONS],
  })
  const config = await readConfig(stage, planner, say)
  const operator = await startRun(stage, planner.token, {
    principal: 'operator-agent',
    agent: { template: 'operator', version: '0.9.0' },
    task: 'Look at the deploys on the maintenance host.',
    ttlSeconds: TTL_SECONDS / 2,
    grants: OPERATIONS,
  })
  const { ledger, cluster } = await lookAround(stage, operator, config.bastion, say)
  const { service, refusal } = await lookIntoCluster(stage, operator, cluster, say)
  say(`operator-agent: asks ${new URL(service.url).host} for its invoices, with the token that it read in the pod`)
  await readInvoices(stage, operator, service)
  const refusals = [
    refusal,
    await refused(
      stage,
      { user: config.user, password: config.password, target: ledger },
      say,
      `planner-agent: tries the found password at ${ledger}`,
    ),
    await refused(
      stage,
      { user: 'app', password: planner.token, target: config.payroll },
      say,
      `planner-agent: tries ${config.payroll}, which it has no grant for`,
    ),
  ]
  return { planner, operator, refusals }
}

async function readConfig(stage: Stage, run: Run, say: Say) {
  say('planner-agent: looks at the orders database')
  return withPostgres(stage.postgres, { user: 'app', password: run.token, target: 'orders' }, async (query) => {
    await query('SELECT table_name FROM information_schema.tables WHERE table_schema = $1 ORDER BY 1', ['public'])
    await pause(BREATH_MS)
    await query('SELECT count(*), sum(total) FROM orders WHERE placed_at > now() - $1::interval', ['30 days'])
    await pause(BREATH_MS)
    await query('SELECT amount FROM order_totals LIMIT 1').catch(() => say('planner-agent: guesses a table that does not exist'))
    const { rows } = await query('SELECT key, value FROM app_config ORDER BY key')
    say('planner-agent: reads app_config, and with it a host name and a password')
    const settingOf = (key: string) => rows.find((row) => row.key === key)?.value ?? ''
    return {
      bastion: settingOf('maintenance.bastion'),
      user: settingOf('ledger.user'),
      password: settingOf('ledger.password'),
      payroll: settingOf('payroll.host'),
    }
  })
}

type Found = { ledger: string; cluster: FoundCluster }

async function lookAround(stage: Stage, run: Run, bastion: string, say: Say): Promise<Found> {
  say(`operator-agent: opens a shell on ${bastion}, a name it was given out of that table`)
  return withShell(stage.ssh, { user: 'deploy', password: run.token, target: bastion }, async (type) => {
    await type('ls -l --color=always')
    await type('cat deploy/README')
    const env = await type('cat deploy/ledger.env')
    await type('grep -c "" reports/orders.csv')
    say('operator-agent: finds a second database in deploy/ledger.env')
    const kubeconfig = await type('cat .kube/config')
    const found = (form: RegExp, text: string) => form.exec(text)?.[1] ?? ''
    return {
      ledger: found(/LEDGER_HOST=(\S+)/, env),
      cluster: { host: found(/server: https:\/\/([^:\s]+)/, kubeconfig), namespace: found(/namespace: (\S+)/, kubeconfig) },
    }
  })
}

async function refused(stage: Stage, login: { user: string; password: string; target: string }, say: Say, line: string): Promise<string> {
  say(line)
  try {
    await withPostgres(stage.postgres, login, async () => {})
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    say(`  the gateway refuses: ${message}`)
    return message
  }
  throw new Error(`The gateway let ${login.target} be reached, which it must not`)
}
