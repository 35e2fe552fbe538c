import { pause, withPostgres, withShell } from './clients.ts'
import { type Run, type Stage, startRun } from './stage.ts'

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

/** An honest task: one agent, one database, one question. Nothing here should link or alert. */
export async function honestTask(stage: Stage, say: Say): Promise<Run> {
  const run = await startRun(stage, stage.operatorToken, {
    principal: 'report-agent',
    agent: { template: 'reporter', version: '3.1.0' },
    task: 'How many orders were placed each day this week?',
    owner: 'dana@example.com',
    ttlSeconds: TTL_SECONDS,
    grants: [{ target: 'orders', protocol: 'postgres' }],
  })
  say('report-agent: counts the orders of each day')
  await withPostgres(stage.postgres, { user: 'app', password: run.token, target: 'orders' }, async (query) => {
    await query('SELECT date_trunc($1, placed_at)::date AS day, count(*) AS orders FROM orders GROUP BY 1 ORDER BY 1 DESC LIMIT 7', ['day'])
    await pause(BREATH_MS)
    await query('SELECT customer, sum(total) AS total FROM orders GROUP BY customer ORDER BY total DESC LIMIT 5')
  })
  return run
}

/**
 * The misdirected task. Every name and secret that the agents use they read in an answer: nothing is passed to them.
 * The planner reads the config table; its nested agent goes on to the bastion; then the found password is tried.
 */
export async function misdirectedTask(stage: Stage, say: Say): Promise<Told> {
  const planner = await startRun(stage, stage.operatorToken, {
    principal: 'planner-agent',
    agent: { template: 'planner', version: '1.4.2' },
    task: 'Nightly totals look wrong. Find out why and fix it.',
    owner: 'dana@example.com',
    ttlSeconds: TTL_SECONDS,
    grants: [
      { target: 'orders', protocol: 'postgres' },
      { target: 'bastion', protocol: 'ssh' },
    ],
  })
  const config = await readConfig(stage, planner, say)
  const operator = await startRun(stage, planner.token, {
    principal: 'operator-agent',
    agent: { template: 'operator', version: '0.9.0' },
    task: 'Look at the deploys on the maintenance host.',
    ttlSeconds: TTL_SECONDS / 2,
    grants: [{ target: 'bastion', protocol: 'ssh' }],
  })
  const ledger = await lookAround(stage, operator, config.bastion, say)
  const refusals = [
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

async function lookAround(stage: Stage, run: Run, bastion: string, say: Say): Promise<string> {
  say(`operator-agent: opens a shell on ${bastion}, a name it was given out of that table`)
  return withShell(stage.ssh, { user: 'deploy', password: run.token, target: bastion }, async (type) => {
    await type('ls -l --color=always')
    await type('cat deploy/README')
    const env = await type('cat deploy/ledger.env')
    await type('grep -c "" reports/orders.csv')
    say('operator-agent: finds a second database in deploy/ledger.env')
    return /LEDGER_HOST=(\S+)/.exec(env)?.[1] ?? ''
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
