import { readEvent, type SessionEvent } from '@hoptrace/events'
import { aKubernetesSession, anHttpSession, type SessionBuilder } from '@hoptrace/testing'
import { expect, it } from 'vitest'
import { RequestTranscript } from './request-transcript.ts'

function linesOf({ encoded }: SessionBuilder): string[] {
  const transcript = new RequestTranscript()
  const texts = encoded.map((bytes) => {
    const read = readEvent(JSON.parse(String(bytes)))
    if (read.kind !== 'read') throw new Error(read.reason)
    const event: SessionEvent = read.event
    return transcript.textOf(event, event.elapsedUs / 1000)
  })
  return [...texts, transcript.end()].join('').split('\n')
}

it('tells each request of HTTP in one line with its answer, and tools by name', () => {
  const lines = linesOf(anHttpSession())
  expect(lines[0]).toBe('#1  +0.120 s  GET /v1/invoices?limit=6  -> 200, 34.4 ms, 368 bytes')
  expect(lines).toContainEqual(expect.stringMatching(/POST \/v1\/reconcile {2}-> 504, by the gateway: .*30 s/))
  expect(lines).toContainEqual(expect.stringMatching(/tool search_invoices \{"query":"overdue","limit":5\}$/))
  expect(lines).toContainEqual(expect.stringMatching(/failed in 48\.3 ms: \{"content"/))
  expect(lines).toContainEqual(expect.stringMatching(/\/v1\/reports\/2026-09\?format=parquet {2}\(no answer was recorded\)$/))
})

it('folds discovery, and shows what ran in a container with what it answered', () => {
  const lines = linesOf(aKubernetesSession())
  expect(lines[0]).toBe('#1  (9 requests of discovery)')
  expect(lines).toContainEqual(expect.stringMatching(/list pods in shop {2}-> 200/))
  const exec = lines.findIndex((line) => line.includes('$ cat /etc/ledger/ledger.env   (in shop/web-7c9d app)'))
  expect(lines.slice(exec + 1, exec + 3)).toEqual([
    'cat: /etc/ledger/ledger.env: No such file or directory',
    expect.stringMatching(/exit 1 \(exit code 1\)$/),
  ])
  expect(lines).toContainEqual(expect.stringMatching(/delete pods etcd-0 in kube-system {2}-> 403, by the gateway: not-granted/))
})
