import type { AlertNotice } from '@hoptrace/events'

const MAX_TEXT = 2900
const MAX_HEADER = 150

/** A notice as Slack's incoming webhooks take it, and what speaks their language: a line, and the same as blocks. */
export function slackMessage(notice: AlertNotice): object {
  const { severity, sentence, url, principal, rootPrincipal, targets, rules } = notice
  const who = principal === null ? 'unknown' : rootPrincipal === null ? principal : `${principal} on behalf of ${rootPrincipal}`
  const link = url === null ? '' : ` <${url}|Look at it>`
  const facts: [string, string][] = [
    ['Who', who],
    ['Reached', targets.slice(0, 10).join(', ')],
    ['Rules', rules.map(({ title }) => title).join(', ')],
  ]
  return {
    text: cut(`[${severity}] ${escaped(sentence)}`),
    blocks: [
      { type: 'header', text: { type: 'plain_text', text: cut(`${severity} alert`, MAX_HEADER) } },
      { type: 'section', text: { type: 'mrkdwn', text: cut(`${escaped(sentence)}${link}`) } },
      {
        type: 'context',
        elements: facts
          .filter(([, value]) => value !== '')
          .map(([name, value]) => ({ type: 'plain_text', text: cut(`${name}: ${value}`) })),
      },
    ],
  }
}

// What was recorded must not become a link, a mention or a channel.
function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}

function cut(text: string, most = MAX_TEXT): string {
  return text.length <= most ? text : `${text.slice(0, most - 1)}…`
}
