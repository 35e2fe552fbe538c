import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type ChannelPart, ChannelReader, readStatus } from './exec-channels.ts'

function message(channel: number, content: string | Buffer = ''): Buffer {
  return Buffer.concat([Buffer.of(channel), Buffer.from(content)])
}

function one(from: 'caller' | 'target', bytes: Buffer, version: 4 | 5 = 5) {
  const reader = new ChannelReader(from, version)
  return { part: reader.take(bytes, true, true), violation: reader.violation }
}

const FAILED = JSON.stringify({
  metadata: {},
  status: 'Failure',
  reason: 'NonZeroExitCode',
  message: 'command terminated with non-zero exit code: exit status 3',
  details: { causes: [{ reason: 'ExitCode', message: '3' }] },
})

describe('a message of channel.k8s.io', () => {
  it('is read as what its channel says', () => {
    expect(one('caller', message(0, 'ls\n')).part).toEqual({ kind: 'stdin', bytes: Buffer.from('ls\n') })
    expect(one('target', message(1, 'out')).part).toEqual({ kind: 'stdout', bytes: Buffer.from('out') })
    expect(one('target', message(2, 'err')).part).toEqual({ kind: 'stderr', bytes: Buffer.from('err') })
    expect(one('caller', message(4, '{"Width":91,"Height":33}')).part).toEqual({ kind: 'resize', cols: 91, rows: 33 })
    expect(one('caller', message(255, Buffer.of(0))).part).toEqual({ kind: 'endOfInput' })
    expect(one('target', message(3, FAILED)).part).toMatchObject({ kind: 'status', status: { status: 'Failure', exitCode: 3 } })
  })

  it('that is empty says nothing', () => {
    for (const bytes of [message(1), message(3), Buffer.alloc(0)]) expect(one('target', bytes)).toEqual({ part: null, violation: null })
  })

  it.each([
    ['target', 0, 5],
    ['target', 4, 5],
    ['target', 7, 5],
    ['target', 255, 5],
    ['caller', 1, 5],
    ['caller', 3, 5],
    ['caller', 42, 5],
    ['caller', 255, 4],
  ] as const)('of a %s on channel %i under v%i is a violation', (from, channel, version) => {
    const bytes = Buffer.concat([message(channel, 'x')])
    expect(one(from, bytes, version)).toEqual({ part: null, violation: expect.stringContaining(`channel ${channel}`) })
  })

  it.each(['{}', '{"Width":-1,"Height":1}', '{"Width":1e9,"Height":1}', 'x'])('with the terminal size %s is a violation', (size) => {
    expect(one('caller', message(4, size)).violation).toContain('size')
  })

  it('with a status that has no end is a violation', () => {
    expect(one('target', message(3, 'x'.repeat(70_000))).violation).toContain('too long')
  })

  it('is read the same wherever its frames split it', () => {
    for (const [from, bytes] of [
      ['target', message(3, FAILED)],
      ['caller', message(4, '{"Width":91,"Height":33}')],
    ] as const) {
      const whole = one(from, bytes).part
      for (let cut = 0; cut <= bytes.length; cut++) {
        const reader = new ChannelReader(from, 5)
        const parts = [reader.take(bytes.subarray(0, cut), true, false), reader.take(bytes.subarray(cut), false, true)]
        expect(parts.filter((part) => part !== null)).toEqual([whole])
      }
    }
  })

  it('in any pieces gives the bytes of its streams in their order, and never throws', () => {
    const pieces = fc.array(fc.tuple(fc.uint8Array({ maxLength: 12 }), fc.boolean()), { maxLength: 8 })
    fc.assert(
      fc.property(pieces, fc.constantFrom('caller', 'target'), fc.constantFrom(4, 5), (frames, from, version) => {
        const reader = new ChannelReader(from, version)
        let isFirst = true
        const parts: (ChannelPart | null)[] = []
        for (const [bytes, isFinal] of frames) {
          parts.push(reader.take(Buffer.from(bytes), isFirst, isFinal))
          isFirst = isFinal
        }
        const given = parts.reduce((sum, part) => sum + (part && 'bytes' in part ? part.bytes.length : 0), 0)
        expect(given).toBeLessThanOrEqual(frames.reduce((sum, [bytes]) => sum + bytes.length, 0))
      }),
      { numRuns: 10_000 },
    )
  })
})

describe('a status', () => {
  it('of success has the exit code 0', () => {
    expect(readStatus(Buffer.from('{"metadata":{},"status":"Success"}'))).toEqual({
      status: 'Success',
      reason: null,
      message: null,
      exitCode: 0,
    })
  })

  it.each(['', '[]', '{"status":"?"}', '\u0000'])('that cannot be read is kept as text: %j', (text) => {
    expect(readStatus(Buffer.from(text))).toMatchObject({ status: null, exitCode: null, message: text })
  })

  it('with a code that is none has none', () => {
    const status = { status: 'Failure', details: { causes: [{ reason: 'ExitCode', message: '9'.repeat(40) }] } }
    expect(readStatus(Buffer.from(JSON.stringify(status))).exitCode).toBeNull()
  })
})
