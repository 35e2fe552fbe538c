import { createHash } from 'node:crypto'
import { decodeEvent, type SessionEvent, walkSequence } from '@hoptrace/events'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type ImportFile, importCast, inspectCast } from './import-cast.ts'

const AS = { tenant: 'default', principal: 'ana', target: 'bastion', account: 'ops' }
const CAST = [
  '{"version": 2, "width": 90, "height": 20, "timestamp": 1506410422, "command": "bash"}',
  '[0.5, "o", "\\u001b[1m<b>hi</b>\\r\\n"]',
  '[1.25, "i", "ls\\r"]',
  '[2, "r", "100x30"]',
  '[3, "m", "=1+1"]',
].join('\n')

const fileOf = (text: string | Buffer, chunk = 7): ImportFile => ({
  name: 'demo.cast',
  async *open() {
    const bytes = Buffer.from(text as string)
    for (let at = 0; at < bytes.length; at += chunk) yield bytes.subarray(at, at + chunk)
  },
})

async function imported(file: ImportFile, as = AS): Promise<Buffer[]> {
  const inspected = await inspectCast(file, as)
  if (inspected.kind === 'broken') throw new Error(`broken at ${inspected.line}`)
  const events: Buffer[] = []
  for await (const event of importCast(file, as, inspected)) events.push(event)
  return events
}

const decoded = (encoded: Buffer[]): SessionEvent[] =>
  encoded.flatMap((bytes) => {
    const result = decodeEvent(bytes)
    return result.kind === 'event' ? [result.event] : []
  })

describe('importCast', () => {
  it('makes a whole and chained session of a file', async () => {
    const events = decoded(await imported(fileOf(CAST)))
    expect(walkSequence(events, null)).toMatchObject({ completeness: 'complete', events: 7 })
    expect(events.map(({ type, elapsedUs }) => [type, elapsedUs])).toEqual([
      ['session.started', 0],
      ['ssh.exec', 0],
      ['terminal.output', 500_000],
      ['terminal.input', 1_250_000],
      ['terminal.resize', 2_000_000],
      ['terminal.marker', 3_000_000],
      ['session.ended', 3_000_000],
    ])
    expect(events[2]?.ts).toBe('1506410422500000')
  })

  it('says that it was imported, by whom, and of what file', async () => {
    const [first] = decoded(await imported(fileOf(CAST)))
    expect(first).toMatchObject({ gatewayId: 'import', bootId: first?.sessionId, principal: 'ana', rootPrincipal: null, run: null })
    expect(first?.target).toEqual({ name: 'bastion', protocol: 'ssh', address: '', account: 'ops' })
    const sha256 = createHash('sha256').update(CAST).digest('hex')
    expect(first?.body).toMatchObject({ imported: { file: 'demo.cast', sha256, format: 'asciicast-v2' } })
  })

  it('gives the same bytes each time, however the file is read', async () => {
    const once = await imported(fileOf(CAST, 1))
    expect(await imported(fileOf(CAST, 1000))).toEqual(once)
    expect((await imported(fileOf(CAST), { ...AS, principal: 'ben' }))[0]).not.toEqual(once[0])
  })

  it('tells beforehand how many events there will be', async () => {
    const inspected = await inspectCast(fileOf(CAST), AS)
    expect(inspected).toMatchObject({ kind: 'good', events: (await imported(fileOf(CAST))).length })
  })

  it('names the line and the reason of a broken file, and imports nothing of it', async () => {
    expect(await inspectCast(fileOf(`${CAST}\nlol`), AS)).toEqual({ kind: 'broken', line: 6, reason: 'not-json' })
    expect(await inspectCast(fileOf(''), AS)).toEqual({ kind: 'broken', line: 1, reason: 'empty' })
  })

  it('does not end the session of a file that changed meanwhile', async () => {
    const inspected = await inspectCast(fileOf(CAST), AS)
    if (inspected.kind === 'broken') throw new Error('broken')
    const events: Buffer[] = []
    const importing = async () => {
      for await (const event of importCast(fileOf(CAST.replace('hi', 'ho')), AS, inspected)) events.push(event)
    }
    await expect(importing()).rejects.toMatchObject({ code: 'IMPORTED_FILE_CHANGED' })
    expect(decoded(events).map(({ type }) => type)).not.toContain('session.ended')
  })

  it('records the observables that it is told', async () => {
    const inspected = await inspectCast(fileOf(CAST), AS)
    if (inspected.kind === 'broken') throw new Error('broken')
    const observable = { kind: 'host', digest: 'a'.repeat(32), keyId: 'k', role: 'asked', at: '' } as const
    for await (const event of importCast(fileOf(CAST), AS, inspected, () => ({ observables: [observable] }))) {
      expect(decoded([event])[0]?.observables).toEqual([observable])
    }
  })

  it('makes valid events of anything that a file can hold', async () => {
    const data = fc.string({ unit: 'binary', maxLength: 50 })
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(fc.constantFrom('o', 'i', 'm', 'z'), data)), data, async (lines, command) => {
        const header = JSON.stringify({ version: 3, term: { cols: 0, rows: 0, type: command }, command })
        const text = [header, ...lines.map(([code, text]) => JSON.stringify([0.1, code, text]))].join('\n')
        const encoded = await imported(fileOf(text, 64))
        expect(decoded(encoded).length).toBe(encoded.length)
      }),
      { numRuns: 300, seed: 12 },
    )
  })
})
