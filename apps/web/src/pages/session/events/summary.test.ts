import type { SessionEvent } from '@hoptrace/events'
import { expect, it } from 'vitest'
import { summaryOf } from './summary.ts'

const event = (type: string, body: object) => ({ type, body }) as unknown as SessionEvent

it('never repeats what was typed while echo was off', () => {
  expect(summaryOf(event('terminal.input', { channel: 0, data: { utf8: 'hunter2\r' }, isEchoed: false }))).toBe(
    '8 bytes typed while echo was off',
  )
})

it('says in one line why an access was refused', () => {
  const asked = { protocol: 'postgres', target: 'billing', account: 'ro', database: null }
  expect(summaryOf(event('access.decided', { decision: 'deny', reason: 'not-granted', asked, method: 'password' }))).toBe(
    'deny (not-granted) ro@billing over postgres, password',
  )
})

it('says in one line where a command would go', () => {
  const body = { event: 3, tool: 'ssh', relation: 'connect', host: 'db.internal', port: 22, account: 'ops', object: null, on: null }
  expect(summaryOf(event('pivot.named', body))).toBe('ssh connect ops@db.internal:22 · named by seq 3')
  const pod = { ...body, tool: 'kubectl', relation: 'exec', host: null, port: null, account: null, object: 'shop/web', on: 'jump' }
  expect(summaryOf(event('pivot.named', pod))).toBe('kubectl exec shop/web from jump · named by seq 3')
})

it('says nothing of a type that it does not know', () => {
  expect(summaryOf(event('unknown', { text: 'x' }))).toBe('')
})

it('says in one line what was asked of a service, and how it went', () => {
  expect(summaryOf(event('http.request', { method: 'GET', host: 'billing.internal', path: '/v1/invoices' }))).toBe(
    'GET billing.internal/v1/invoices',
  )
  expect(summaryOf(event('http.response', { status: 504, refused: 'timed out', durationUs: 2000, request: 4 }))).toBe(
    '504 by the gateway: timed out · 2 ms · answers seq 4',
  )
  expect(summaryOf(event('kubernetes.exit', { exitCode: 1, message: 'exit code 1' }))).toBe('exit 1 · exit code 1')
})
