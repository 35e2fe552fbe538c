import { AlertDetail, AlertQueue, type AlertSummary, AlertsPage } from '@hoptrace/api'
import type { Command } from 'commander'
import { contextOf, examples } from '../context.ts'
import { type Column, oneLine, shortTime } from '../table.ts'
import { addAlertActions } from './alert-actions.ts'

const columns: Column<AlertSummary>[] = [
  { title: 'alert', of: (alert) => alert.id },
  { title: 'first', of: (alert) => shortTime(alert.firstAt) },
  { title: 'severity', of: (alert) => alert.severity },
  { title: 'response', of: (alert) => (alert.suppressed ? 'suppressed' : alert.response) },
  { title: 'state', of: (alert) => alert.state },
  { title: 'assignee', of: (alert) => alert.assignee },
  { title: 'what', of: (alert) => alert.sentence },
]

export function addAlerts(program: Command): void {
  const alerts = program.command('alerts').description('what rules found, and what people did about it')
  addList(alerts)
  addQueue(alerts)
  alerts
    .command('show')
    .description('an alert with its findings, its reach, what to rotate, and its history')
    .argument('<alert>', 'its id')
    .addHelpText('after', examples('alerts show 3f5c…'))
    .action(async (id: string, _: object, command: Command) => {
      const { output, connection } = contextOf(command)
      const alert = await connection.api.get(`/alerts/${encodeURIComponent(id)}`, AlertDetail)
      if (output.isJson) return output.json(alert)
      for (const line of alertLines(alert)) output.line(line)
    })
  addAlertActions(alerts)
}

function addList(alerts: Command): void {
  alerts
    .command('list')
    .description('alerts of a range, newest first')
    .option('--from <time>', 'start of the range (RFC 3339); default 24 h before its end')
    .option('--to <time>', 'end of the range; default now')
    .option('--state <states...>', 'open, acknowledged, closed')
    .option('--severity <levels...>', 'informational, low, medium, high, critical')
    .option('--response <responses...>', 'page, queue, log')
    .option('--rule <id>', 'a rule that found it')
    .option('--principal <name>', 'who acted, or on whose behalf')
    .option('--target <name>', 'a target that it reached')
    .option('--chain <id>', 'its hop chain')
    .option('--limit <rows>', 'at most this many', '50')
    .addHelpText('after', examples('alerts list', 'alerts list --state open --severity high critical --json'))
    .action(async (query: Record<string, string | string[]>, command: Command) => {
      const { output, connection } = contextOf(command)
      const page = await connection.api.get('/alerts', AlertsPage, query)
      if (output.isJson) return output.json(page)
      output.table(page.items, columns, page.hasAny ? 'No alert in this range fits.' : 'No alert has been raised yet.')
    })
}

function addQueue(alerts: Command): void {
  alerts
    .command('queue')
    .description('what to look at today, most urgent first; what was held back is counted')
    .addHelpText('after', examples('alerts queue'))
    .action(async (_: object, command: Command) => {
      const { output, connection } = contextOf(command)
      const queue = await connection.api.get('/alerts/queue', AlertQueue)
      if (output.isJson) return output.json(queue)
      output.table(queue.ranked, columns, 'Nothing asks for a look.')
      if (queue.heldBack.length > 0) output.line(`${queue.heldBack.length} held back beyond ${queue.budget} a day: hoptrace alerts list`)
    })
}

function alertLines(alert: AlertDetail): string[] {
  const where = alert.open.sessions.length + alert.open.liveRuns.length
  return [
    `alert ${alert.id}: ${oneLine(alert.sentence)}`,
    `${alert.severity}, ${alert.response}, ${alert.state}${alert.assignee === null ? '' : `, assigned to ${oneLine(alert.assignee)}`}, revision ${alert.revision}`,
    ...(alert.suppressed ? [`suppressed until ${shortTime(alert.suppressed.until)}: ${oneLine(alert.suppressed.reason)}`] : []),
    ...(where === 0
      ? []
      : [`still open: sessions ${alert.open.sessions.join(' ') || 'none'}; revoke: ${alert.open.liveRuns.join(' ') || 'no live run'}`]),
    '',
    ...alert.findings.flatMap(findingLines),
    '',
    `reached: ${alert.reach.targets.map(({ target, isRefused }) => oneLine(target) + (isRefused ? ' (refused)' : '')).join(', ') || 'nothing'}`,
    `writes ${alert.reach.writes}, rows ${alert.reach.rows}, bytes ${alert.reach.bytes}`,
    ...alert.rotate.map(
      (secret) =>
        `rotate: ${secret.kind} ${secret.digest} at ${oneLine(secret.target)}${secret.owner === null ? '' : `, of ${oneLine(secret.owner)}`}`,
    ),
    ...alert.history.map((action) =>
      `${shortTime(action.at)}  ${oneLine(action.by)} ${action.kind} ${oneLine([action.reason, action.assignee, action.note].filter(Boolean).join(' '))}`.trimEnd(),
    ),
  ]
}

function findingLines({ rule, sentence, at, happenedAt, description }: AlertDetail['findings'][number]): string[] {
  const what = `${shortTime(happenedAt)}  ${oneLine(rule.title)} [${rule.id}@${rule.revision}]  ${at.sessionId}#${at.seq}`
  return [what, `  ${oneLine(sentence)}`, ...(description === '' ? [] : [`  ${oneLine(description)}`])]
}
