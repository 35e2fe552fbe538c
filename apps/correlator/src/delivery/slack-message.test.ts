import type { AlertNotice } from '@hoptrace/events'
import { describe, expect, it } from 'vitest'
import { slackMessage } from './slack-message.ts'

const aNotice = (sentence: string): AlertNotice => ({
  ...{ v: 1, kind: 'alert', tenant: 't', id: 'a'.repeat(32), url: 'https://hoptrace.example/alerts/a', severity: 'high', response: 'page' },
  ...{ sentence, principal: 'agent', rootPrincipal: null, runs: [], targets: [], protocols: ['ssh'], rules: [], chainId: null },
  ...{ firstAt: '2026-10-03T09:00:00.000Z', lastAt: '2026-10-03T09:00:00.000Z', raisedAt: '2026-10-03T09:00:00.000Z' },
})

describe("a message in Slack's form", () => {
  it('makes no link, mention or channel of what was recorded, also where nothing is marked up', () => {
    const message = slackMessage(aNotice('agent used the host https://evil.example/@here#general <!channel> & co'))
    expect(message).toMatchObject({ parse: 'none', link_names: false, unfurl_links: false, mrkdwn: false })
    expect(message).toMatchObject({ blocks: [{}, { text: { type: 'mrkdwn', verbatim: true } }, {}] })
    expect(JSON.stringify(message)).not.toContain('<!channel>')
  })

  it('strikes nothing out and sets nothing as code', () => {
    const text = JSON.stringify(slackMessage(aNotice('~agent opened the vault~ `x`')))
    expect(text).not.toMatch(/(^|[^\u2060])[~`]/)
  })

  it('keeps the way to the alert, however much was recorded', () => {
    const message = slackMessage(aNotice('&'.repeat(4000))) as { blocks: { text?: { text: string } }[] }
    const text = message.blocks[1]?.text?.text ?? ''
    expect(text.length).toBeLessThanOrEqual(3000)
    expect(text.endsWith('<https://hoptrace.example/alerts/a|Look at it>')).toBe(true)
  })
})
