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
    mrkdwn: false,
    parse: 'none',
    link_names: false,
    unfurl_links: false,
    blocks: [
      { type: 'header', text: { type: 'plain_text', text: cut(`${severity} alert`, MAX_HEADER) } },
      { type: 'section', text: { type: 'mrkdwn', text: `${cut(escaped(sentence), MAX_TEXT - link.length)}${link}`, verbatim: true } },
      {
        type: 'context',
        elements: facts
          .filter(([, value]) => value !== '')
          .map(([name, value]) => ({ type: 'plain_text', text: cut(`${name}: ${value}`) })),
      },
    ],
  }
}

/** Behind it no mark of emphasis, of code or of a quotation begins; it takes no room. */
const WORD_JOINER = '\u2060'

// What was recorded must not become a link, a mention or a channel (`verbatim` keeps bare names and addresses from it), nor be struck out.
function escaped(text: string): string {
  const literal = text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
  return literal.replaceAll(/[*_~`]/g, (mark) => `${WORD_JOINER}${mark}${WORD_JOINER}`)
}

function cut(text: string, most = MAX_TEXT): string {
  return text.length <= most ? text : `${text.slice(0, most - 1)}…`
}
