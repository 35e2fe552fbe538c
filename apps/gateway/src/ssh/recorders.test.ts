import { createHash } from 'node:crypto'
import { bodies, type EventBody, type EventType } from '@hoptrace/events'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ChannelRecorder, Emit } from '../terminal/emit.ts'
import { readScpCommand } from './scp-command.ts'
import { ScpRecorder } from './scp-recorder.ts'
import { SftpRecorder } from './sftp-recorder.ts'
import { wireString, wireUint32 } from './wire-format.ts'

type Recorded = { type: EventType; body: unknown }
type Side = 'caller' | 'target'
type Turn = [from: Side, bytes: Buffer]

/** A recorder's events, each checked against its schema, and the bytes that it gave up on. */
function recordedBy(make: (emit: Emit, raw: ChannelRecorder) => ChannelRecorder, turns: readonly Turn[]) {
  const events: Recorded[] = []
  const raw: Buffer[] = []
  const emit = <T extends EventType>(type: T, body: EventBody<T>) => events.push({ type, body: bodies[type].parse(body) })
  const fallback = { fromCaller: (bytes: Buffer) => raw.push(bytes), fromTarget: (bytes: Buffer) => raw.push(bytes), end() {} }
  const recorder = make(emit, fallback)
  for (const [from, bytes] of turns) {
    if (from === 'caller') recorder.fromCaller(bytes, 0)
    else recorder.fromTarget(bytes, 'stdout', 0)
  }
  recorder.end()
  return { events, raw: Buffer.concat(raw) }
}

const sftp = (turns: readonly Turn[]) => recordedBy((emit, raw) => new SftpRecorder(0, emit, raw), turns)
const scp = (command: string) => (turns: readonly Turn[]) =>
  recordedBy((emit, raw) => {
    const read = readScpCommand(command)
    if (!read) throw new Error('no scp command')
    return new ScpRecorder(0, read, emit, raw)
  }, turns)

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')
const packet = (type: number, ...fields: Buffer[]) => wireString(Buffer.concat([Buffer.of(type), ...fields]))
const uint64 = (value: number) => Buffer.concat([wireUint32(0), wireUint32(value)])
const status = (id: number, code: number) => packet(101, wireUint32(id), wireUint32(code), wireString('message'), wireString('en'))

const handle = wireString(Buffer.of(0, 0, 0, 1))
/** A client that uploads `hello world`, reads it back, and renames it. */
const SFTP_FIXTURE: Turn[] = [
  ['caller', packet(1, wireUint32(3))],
  ['target', packet(2, wireUint32(3))],
  ['caller', packet(3, wireUint32(1), wireString('/up'), wireUint32(0x1a), wireUint32(0))],
  ['target', packet(102, wireUint32(1), handle)],
  ['caller', packet(6, wireUint32(2), handle, uint64(0), wireString('hello '))],
  ['caller', packet(6, wireUint32(3), handle, uint64(6), wireString('world'))],
  ['target', Buffer.concat([status(2, 0), status(3, 0)])],
  ['caller', packet(4, wireUint32(4), handle)],
  ['target', status(4, 0)],
  ['caller', packet(3, wireUint32(5), wireString('/up'), wireUint32(1), wireUint32(0))],
  ['target', packet(102, wireUint32(5), handle)],
  ['caller', packet(5, wireUint32(6), handle, uint64(0), wireUint32(32768))],
  ['caller', packet(5, wireUint32(7), handle, uint64(11), wireUint32(32768))],
  ['target', Buffer.concat([packet(103, wireUint32(6), wireString('hello world')), status(7, 1)])],
  ['caller', packet(4, wireUint32(8), handle)],
  ['target', status(8, 0)],
  ['caller', packet(18, wireUint32(9), wireString('/up'), wireString('/down\x1b[31m<b>'))],
  ['target', status(9, 4)],
]
const SCP_UPLOAD: Turn[] = [
  ['target', Buffer.of(0)],
  ['caller', Buffer.from('T1700000000 0 1700000000 0\n')],
  ['target', Buffer.of(0)],
  ['caller', Buffer.from('D0755 0 tree\n')],
  ['target', Buffer.of(0)],
  ['caller', Buffer.from('C0644 11 a file\n')],
  ['target', Buffer.of(0)],
  ['caller', Buffer.from('hello world\0')],
  ['target', Buffer.of(0)],
  ['caller', Buffer.from('C0644 0 empty\n')],
  ['target', Buffer.of(0)],
  ['caller', Buffer.of(0)],
  ['target', Buffer.from('\x01scp: no space\n')],
  ['caller', Buffer.from('E\n')],
  ['target', Buffer.of(0)],
]

describe('SftpRecorder', () => {
  it('records transfers with their digests, and operations when asked and when answered', () => {
    const { events, raw } = sftp(SFTP_FIXTURE)
    expect(raw.length).toBe(0)
    const transfer = { channel: 0, protocol: 'sftp', path: '/up', size: 11, sha256: sha256('hello world'), isComplete: true }
    const operation = { channel: 0, path: '/up', to: null }
    const rename = { channel: 0, operation: 'rename', path: '/up', to: '/down\x1b[31m<b>' }
    expect(events).toEqual([
      { type: 'file.operation', body: { ...operation, operation: 'open-write', status: null } },
      { type: 'file.operation', body: { ...operation, operation: 'open-write', status: 0 } },
      { type: 'file.transfer', body: { ...transfer, direction: 'upload' } },
      { type: 'file.operation', body: { ...operation, operation: 'open-read', status: null } },
      { type: 'file.operation', body: { ...operation, operation: 'open-read', status: 0 } },
      { type: 'file.transfer', body: { ...transfer, direction: 'download' } },
      { type: 'file.operation', body: { ...rename, status: null } },
      { type: 'file.operation', body: { ...rename, status: 4 } },
    ])
  })

  it('gives no digest for bytes out of order, and calls what was refused or cut off incomplete', () => {
    const backwards: Turn[] = [
      ...SFTP_FIXTURE.slice(0, 4),
      ['caller', packet(6, wireUint32(2), handle, uint64(6), wireString('world'))],
      ['caller', packet(6, wireUint32(3), handle, uint64(0), wireString('hello '))],
    ]
    expect(sftp(backwards).events.at(-1)?.body).toMatchObject({ size: 11, sha256: null, isComplete: false })
    const refused: Turn[] = [
      ...SFTP_FIXTURE.slice(0, 6),
      ['target', Buffer.concat([status(2, 0), status(3, 4)])],
      ...SFTP_FIXTURE.slice(7, 9),
    ]
    expect(sftp(refused).events.at(-1)?.body).toMatchObject({ size: 11, isComplete: false })
  })

  const open = (id: number, path: string) => packet(3, wireUint32(id), wireString(path), wireUint32(0x1a), wireUint32(0))
  const write = (id: number) => packet(6, wireUint32(id), handle, uint64(0), wireString('loot'))
  it.each<[string, Turn[]]>([
    ['two requests under one id', [['caller', Buffer.concat([open(1, '/harmless'), open(1, '/etc/shadow')])]]],
    ['a write through a handle that was guessed', [['caller', Buffer.concat([open(1, '/up'), write(2)])]]],
    [
      'a write through a handle that is being closed, and may name another file by then',
      [
        ['caller', open(1, '/harmless')],
        ['target', packet(102, wireUint32(1), handle)],
        ['caller', Buffer.concat([packet(4, wireUint32(2), handle), open(3, '/root/.ssh/authorized_keys'), write(4)])],
      ],
    ],
    ['a read through a handle that was guessed', [['caller', packet(5, wireUint32(1), handle, uint64(0), wireUint32(32))]]],
  ])('does not follow %s: those bytes are recorded raw', (_, turns) => {
    const { events, raw } = sftp(turns)
    expect(events).toContainEqual(expect.objectContaining({ type: 'recording.gap' }))
    expect(raw).toEqual(turns.at(-1)?.[1])
    expect(events.filter((event) => event.type === 'file.transfer' && (event.body as { isComplete: boolean }).isComplete)).toEqual([])
  })

  it('records raw what no longer reads as SFTP, and says so', () => {
    const garbage = Buffer.from('GET / HTTP/1.1\r\n\r\n')
    const { events, raw } = sftp([['caller', garbage]])
    expect(events).toMatchObject([{ type: 'recording.gap', body: { reason: 'limit' } }])
    expect(raw).toEqual(garbage)
  })
})

describe('ScpRecorder', () => {
  it('records each file of a tree, and the receiver that refused one', () => {
    const { events } = scp('scp -r -p -t /srv')(SCP_UPLOAD)
    const transfer = { channel: 0, protocol: 'scp', direction: 'upload' }
    expect(events.filter((event) => event.type === 'file.transfer').map((event) => event.body)).toEqual([
      { ...transfer, path: '/srv/tree/a file', size: 11, sha256: sha256('hello world'), isComplete: true },
      { ...transfer, path: '/srv/tree/empty', size: 0, sha256: sha256(''), isComplete: false },
    ])
    expect(events[0]).toEqual({
      type: 'file.operation',
      body: { channel: 0, operation: 'scp-upload', path: '/srv/tree/a file', to: 'a file', status: null },
    })
  })

  it('records a transfer that broke off as incomplete', () => {
    const { events } = scp('scp -t /srv/x')([...SCP_UPLOAD.slice(0, 7), ['caller', Buffer.from('hello')]])
    expect(events.at(-1)?.body).toMatchObject({ size: 5, sha256: sha256('hello'), isComplete: false })
  })

  it.each([
    ['scp -t /tmp/x', { direction: 'upload', path: '/tmp/x', isDirectory: false }],
    ["/usr/bin/scp -v -r -f -- '/tmp/a b'", { direction: 'download', path: '/tmp/a b', isDirectory: true }],
    ['scp a b', null],
    ['scp -t /tmp; id', null],
    ['rsync --server', null],
  ])('reads the command %j', (command, read) => {
    expect(readScpCommand(command)).toEqual(read)
  })
})

describe.each([
  ['SFTP', sftp, SFTP_FIXTURE],
  ['scp upload', scp('scp -r -t /srv'), SCP_UPLOAD],
  ['scp download', scp('scp -r -f /srv/tree'), SCP_UPLOAD.map(([from, bytes]): Turn => [from === 'caller' ? 'target' : 'caller', bytes])],
] as const)('a %s stream', (_name, record, fixture) => {
  it('gives the same events wherever it is cut', () => {
    const whole = record(fixture).events
    for (const [at, [from, bytes]] of fixture.entries()) {
      for (let cut = 1; cut < bytes.length; cut += 1) {
        const parts: Turn[] = [
          [from, bytes.subarray(0, cut)],
          [from, bytes.subarray(cut)],
        ]
        expect(record([...fixture.slice(0, at), ...parts, ...fixture.slice(at + 1)]).events).toEqual(whole)
      }
    }
    expect(record(fixture.flatMap(([from, bytes]) => [...bytes].map((byte): Turn => [from, Buffer.of(byte)]))).events).toEqual(whole)
  })

  it('never throws, whatever it holds, for 10,000 seeded streams', () => {
    const piece = fc.oneof(
      fc.constantFrom(...fixture.map(([, bytes]) => bytes)),
      fc.uint8Array({ maxLength: 24 }).map((bytes) => Buffer.from(bytes)),
      fc.tuple(fc.constantFrom(...fixture.map(([, bytes]) => bytes)), fc.nat(), fc.nat(255)).map(([bytes, at, byte]) => {
        const changed = Buffer.from(bytes)
        changed[at % changed.length] = byte
        return changed
      }),
    )
    const turn = fc.tuple(fc.constantFrom<Side>('caller', 'target'), piece)
    fc.assert(
      fc.property(fc.array(turn, { maxLength: 12 }), (turns) => void record(turns)),
      { numRuns: 10_000, seed: 2026 },
    )
  })
})
