import { IncomingMessage } from 'node:http'
import { Socket } from 'node:net'
import { describe, expect, it } from 'vitest'
import { isSameOrigin } from './same-origin.ts'

function request(method: string, headers: Record<string, string>): IncomingMessage {
  return Object.assign(new IncomingMessage(new Socket()), { method, headers: { host: 'hoptrace.internal:6480', ...headers } })
}

describe('a change on the strength of a cookie', () => {
  it.each([
    ['from the server’s own pages', { origin: 'http://hoptrace.internal:6480' }, null, true],
    ['from another site', { origin: 'http://evil.example' }, null, false],
    ['from a page without an origin', { origin: 'null' }, null, false],
    ['from another site that hides its origin', { 'sec-fetch-site': 'cross-site' }, null, false],
    ['from a neighbour under the same domain', { 'sec-fetch-site': 'same-site' }, null, false],
    ['from the public address, behind a proxy', { origin: 'https://hoptrace.example' }, 'https://hoptrace.example', true],
    ['from plain http, where the public address has better', { origin: 'http://hoptrace.example' }, 'https://hoptrace.example', false],
    ['from no browser', {}, null, true],
  ])('%s', (_, headers, publicUrl, isTaken) => {
    expect(isSameOrigin(request('POST', headers as Record<string, string>), publicUrl)).toBe(isTaken)
  })

  it('is not what a page that only reads makes', () => {
    expect(isSameOrigin(request('GET', { origin: 'http://evil.example' }), null)).toBe(true)
  })
})
