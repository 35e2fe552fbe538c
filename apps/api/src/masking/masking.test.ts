import { canonicalJson, Observer, observe, type SessionEvent } from '@hoptrace/events'
import { describe, expect, it } from 'vitest'
import { eventOf } from '../events/event-row.ts'
import { RecordedSession } from '../testing/recorded-session.ts'
import { maskEvent } from './mask-event.ts'
import { maskProof } from './mask-proof.ts'
import { maskRecording } from './mask-recording.ts'
import { hidden, secretSpans } from './secret-ranges.ts'

const key = { id: 'test', secret: Buffer.alloc(32, 1) }
const PEM = `-----BEGIN OPENSSH PRIVATE KEY-----\n${'b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9u\n'.repeat(3)}-----END OPENSSH PRIVATE KEY-----`

function eventsOf(session: RecordedSession): SessionEvent[] {
  return session.encoded.map((encoded) => {
    const { hash, ...content } = JSON.parse(encoded.toString()) as { hash: string }
    return eventOf({ seq: 0, content: canonicalJson(content), hash })
  })
}
const only = (session: RecordedSession) => eventsOf(session)[0] as SessionEvent
const shown = (text: string, isCell = false) => hidden(text, secretSpans(text, isCell), '*')

describe('the pivot that a command names', () => {
  const command = 'sshpass -p hunter ssh ops@db-7f9c2b.internal && curl -u ops:swordfish1 https://x.y/'
  const body = {
    event: 0,
    at: '/command',
    tool: 'ssh',
    relation: 'connect' as const,
    port: null,
    account: 'ops',
    object: 'shop/web-7c9d8bf6d5-x2kqp',
    on: null,
    offset: 26,
  }
  const named = (said: string, found?: ReturnType<Observer['result']>) =>
    maskEvent(only(new RecordedSession().add('pivot.named', { ...body, host: 'db-7f9c2b.internal', command: said }, found))).shown.body

  it('hides what is hidden in that command, and shows where it goes', () => {
    const exec = maskEvent(only(new RecordedSession().add('ssh.exec', { channel: 0, command, pty: null }))).shown.body
    expect(named(command)).toMatchObject({
      command: 'command' in exec && exec.command,
      host: 'db-7f9c2b.internal',
      object: 'shop/web-7c9d8bf6d5-x2kqp',
    })
    expect(named(command)).not.toMatchObject({ command: expect.stringMatching(/hunter|swordfish1/) })
  })

  it('hides a secret of which the cut left the end', () => {
    const found = new Observer(key).add({ kind: 'credential', canonical: 'hunter', offset: 0 }, 'presented', '/command').result()
    expect(named('ter ssh ops@db', found)).toMatchObject({ command: '••• ssh ops@db' })
  })
})

describe('text', () => {
  it.each([
    ['PGPASSWORD=hunter2 psql', 'PGPASSWORD=******* psql'],
    ['https://ana:hunter2@db.internal/x', 'https://ana:*******@db.internal/x'],
    ["ALTER ROLE app PASSWORD 'hunter2'", "ALTER ROLE app PASSWORD '*******'"],
    ['token: s3cr3tT0ken9', 'token: ************'],
    ['got wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY', `got ${'*'.repeat(40)}`],
    ['AKIAIOSFODNN7EXAMPLE', '********************'],
    ["PGPASSWORD='hunter2' psql", "PGPASSWORD='*******' psql"],
    ['AWS_SECRET_ACCESS_KEY=hunter two', 'AWS_SECRET_ACCESS_KEY=****** two'],
    ['password: hunter', 'password: ******'],
    ["UPDATE users SET password = 'hunt''er'", "UPDATE users SET password = '********'"],
    ["ALTER ROLE app PASSWORD E'hunter'", "ALTER ROLE app PASSWORD E'******'"],
    ['ALTER ROLE app PASSWORD $x$hun ter$x$', 'ALTER ROLE app PASSWORD $x$*******$x$'],
    ["ALTER ROLE app PASSWORD/* */'hunter'", "ALTER ROLE app PASSWORD/* */'******'"],
    ['{"password": "hunter"}', '{"password": "******"}'],
    [
      "INSERT INTO users (name, password) VALUES ('ana', 'hunter'), ('b,(', 'x')",
      "INSERT INTO users (name, password) VALUES ('ana', '******'), ('b,(', '*')",
    ],
    ["UPDATE users SET password = crypt('hunter', gen_salt('bf'))", "UPDATE users SET password = crypt('******', gen_salt('bf'))"],
    [String.raw`"{\"password\":\"hunter\"}"`, String.raw`"{\"password\":\"******\"}"`],
    ['vault login --auth-token hunter -v', 'vault login --auth-token ****** -v'],
    ['sshpass -v -p hunter ssh x', 'sshpass -v -p ****** ssh x'],
    ['mysql -u ana -phunter db', 'mysql -u ana -p****** db'],
    ['curl -s -u ana:hunter https://x.y', 'curl -s -u ana:****** https://x.y'],
    ['machine x login ana password hunter', 'machine x login ana password ******'],
    ['-H "authorization: Bearer hunter"', '-H "authorization: Bearer ******"'],
    ['GET https://x.y/a?access_token=hunter&b=1', 'GET https://x.y/a?access_token=******&b=1'],
    ['open [{"name":"DB_PASSWORD","value":"x y"}] {"tokens":["a"]}', 'open [{"name":"DB_PASSWORD","value":"***"}] {"tokens":["*"]}'],
    ['GET /v1?api%2Dkey=abc', 'GET /v1?api%2Dkey=***'],
    ['https://x.y/a?X-Amz-Signature=abcdef', 'https://x.y/a?X-Amz-Signature=******'],
    ['got eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abc_-x', `got ${'*'.repeat(43)}`],
  ])('hides the secret in %s', (text, masked) => {
    expect(shown(text)).toBe(masked)
  })

  it.each([
    'ssh deploy@bastion.internal:2222',
    '10.0.0.5:5432 answers',
    'SELECT name FROM orders WHERE total > 100',
    '2026-10-03T09:12:44.120Z started',
    'cat /var/log/app-2026/error.log',
    'https://db.internal:8443/path',
    'GET billing-54cb.ember.internal/v1/invoices',
    'get pods/web-7c9d in shop',
    'apiVersion: v1',
    'UPDATE users SET password = $1, token = crypt($2)',
    '{"password": null, "reset": true}',
    '[sudo] password for ana: ',
  ])('hides nothing of %s', (text) => {
    expect(shown(text)).toBe(text)
  })

  it('keeps its length, so that offsets into it hold', () => {
    for (const text of ['a PGPASSWORD=hunter2 b', PEM]) expect(shown(text)).toHaveLength(text.length)
  })

  it('hides all of a private key but its marks, also of one whose end is missing', () => {
    expect(shown(PEM)).toMatch(/^-----BEGIN OPENSSH PRIVATE KEY-----\**-----END/)
    expect(shown(PEM.slice(0, 90))).toMatch(/^-----BEGIN OPENSSH PRIVATE KEY-----\*+$/)
  })

  it('is looked at to its end, however long it is', () => {
    const text = `${'plain words '.repeat(60_000)}PGPASSWORD=hunter2`
    expect(shown(text).endsWith('PGPASSWORD=*******')).toBe(true)
  })

  it.each([
    '://'.repeat(50_000),
    "password '".repeat(50_000),
    'INSERT INTO t (password) VALUES ('.repeat(10_000),
    "password=a(b(c('".repeat(30_000),
    'password='.repeat(50_000),
    '--a-a-'.repeat(50_000),
    'mysql '.repeat(50_000),
    'eyJ'.repeat(100_000),
    '-----BEGIN '.repeat(50_000),
    '.'.repeat(300_000),
  ])('costs time that grows no faster than it does (%#)', (text) => {
    expect(shown(text)).toHaveLength(text.length)
  })
})

describe('an event', () => {
  it('keeps its hash and its envelope, and says how much is hidden', () => {
    const event = only(new RecordedSession().asked('SELECT 1', []))
    expect(maskEvent(event)).toEqual({ shown: event, masked: 0 })
    const secret = only(new RecordedSession().asked("SET x = 'S3cr3tValue9'"))
    const { shown: masked, masked: count } = maskEvent(secret)
    expect(count).toBe(1)
    expect(masked).toMatchObject({ hash: secret.hash, seq: secret.seq, body: { text: "SET x = '••••••••••••'" } })
  })

  it('hides cells of columns whose names say that they are secrets, whatever is in them', () => {
    const columns = ['name', 'db_password'].map((name) => ({ name, oid: 25, type: 'text' }))
    const answer = {
      statement: 0,
      index: 0,
      tag: 'SELECT 1',
      rows: 1,
      bytes: 1,
      durationUs: 1,
      error: null,
      columns,
      transaction: 'idle' as const,
    }
    const { shown: masked } = maskEvent(
      only(
        new RecordedSession().add('sql.result', {
          ...answer,
          sample: [
            ['ana', 'abc'],
            [null, null],
          ],
        }),
      ),
    )
    expect(masked.body).toMatchObject({
      sample: [
        ['ana', '••••••••'],
        [null, null],
      ],
    })
  })

  it('hides the cell after one that says that it is a secret', () => {
    const columns = ['name', 'value'].map((name) => ({ name, oid: 25, type: 'text' }))
    const counts = { statement: 0, index: 0, tag: 'SELECT 2', rows: 2, bytes: 1, durationUs: 1 }
    const sample = [
      ['smtp.password', 'abc'],
      ['the password of the day', 'is public'],
    ]
    const answer = { ...counts, error: null, columns, sample, transaction: 'idle' as const }
    expect(maskEvent(only(new RecordedSession().add('sql.result', answer))).shown.body).toMatchObject({
      sample: [
        ['smtp.password', '••••••••'],
        ['the password of the day', 'is public'],
      ],
    })
  })

  it('hides what was presented as a credential, where its place says it stands', () => {
    const found = new Observer(key).add({ kind: 'credential', canonical: 'abc', offset: 11 }, 'presented', '/command').result()
    const event = only(new RecordedSession().add('ssh.exec', { channel: 0, command: 'sshpass -p abc ssh x', pty: null }, found))
    expect(maskEvent(event).shown.body).toMatchObject({ command: 'sshpass -p ••• ssh x' })
  })

  it.each(['UPDATE users SET password = $2 WHERE name = $1', 'INSERT INTO users (name, "password_hash") VALUES ($1, crypt($2, $3))'])(
    'hides what is bound to a secret column by %s',
    (text) => {
      const asked = { text, mode: 'extended' as const, prepared: '', kind: 'UPDATE', tables: [], transaction: 'idle' as const }
      const params = ['ana', 'hunter'].map((value) => ({ oid: 25, value, encoding: 'text' as const }))
      const { shown: masked } = maskEvent(only(new RecordedSession().add('sql.statement', { ...asked, params } as never)))
      expect(masked.body).toMatchObject({ text, params: [{ value: 'ana' }, { value: '••••••••' }] })
    },
  )

  it('hides a secret in the addresses that were found in it too', () => {
    const text = 'curl https://x.example/a?access_token=hunter'
    // As a gateway recorded it that knows no names of secrets.
    const whole = { kind: 'url', canonical: 'https://x.example/a?access_token=hunter', role: 'asked', at: '/command', offset: 5 } as const
    const { observables } = new Observer(key).text(text, 'asked', '/command').result()
    const found = { observables: [observe(key, whole), ...observables] }
    const event = only(new RecordedSession().add('ssh.exec', { channel: 0, command: text, pty: null }, found))
    const { shown: masked } = maskEvent(event)
    expect(JSON.stringify(masked)).not.toContain('hunter')
    expect(masked.observables).toContainEqual(expect.objectContaining({ kind: 'host', value: 'x.example' }))
  })

  it('hides input that was typed without echo, and its length', () => {
    const typed = { channel: 0, data: { utf8: 'abc\r' }, isEchoed: false }
    expect(maskEvent(only(new RecordedSession().add('terminal.input', typed))).shown.body).toMatchObject({ data: { utf8: '••••••••' } })
  })

  it('hides secrets in bytes that are no text', () => {
    const data = { base64: Buffer.concat([Buffer.from([0xff, 0x20]), Buffer.from('TOKEN=hunter2secret ')]).toString('base64') }
    const { shown: masked } = maskEvent(only(new RecordedSession().add('terminal.output', { channel: 0, stream: 'stdout', data })))
    const { body } = masked as SessionEvent & { body: { data: { base64: string } } }
    expect(Buffer.from(body.data.base64, 'base64').toString('latin1')).toBe('\u00ff TOKEN=************* ')
  })
})

describe('a terminal', () => {
  it('hides a secret that came in pieces, and shows the rest as it was', async () => {
    const session = new RecordedSession()
    const pieces = ['$ export PASS', 'WORD=hun', 'ter2', '\r\n', '$ ls\r\n']
    for (const utf8 of pieces) session.add('terminal.output', { channel: 0, stream: 'stdout', data: { utf8 } })
    session.ended()
    let count = 0
    const played: string[] = []
    for await (const event of maskRecording(inTurn(eventsOf(session)), (masked) => (count += masked))) {
      if (event.type === 'terminal.output') played.push('utf8' in event.body.data ? event.body.data.utf8 : '')
    }
    expect(played).toEqual(['$ export PASS', 'WORD=***', '****', '\r\n', '$ ls\r\n'])
    expect(count).toBe(1)
  })

  it.each([
    ["export PGPASSWORD='hunter two' ", "export PGPASSWORD='**********' "],
    ['login --password hunter', 'login --password ******'],
    ['{"password": "hunter"}', '{"password": "******"}'],
    ["ALTER ROLE app PASSWORD 'hunter'", "ALTER ROLE app PASSWORD '******'"],
    ['export TOKEN=hunx\x7fter', 'export TOKEN=**********'],
  ])('hides a secret that was typed key by key: %s', async (typed, masked) => {
    const session = new RecordedSession()
    const echoed = [...typed].map((key) => (key === '\x7f' ? '\b \b' : key))
    for (const utf8 of ['$ ', ...echoed, '\r\n', 'two words\r\n']) {
      session.add('terminal.output', { channel: 0, stream: 'stdout', data: { utf8 } })
    }
    expect(await textOf(session)).toBe(`$ ${masked}\r\ntwo words\r\n`)
  })

  it('hides a secret on a line that is longer than what is held at once', async () => {
    const session = new RecordedSession()
    const filler = 'x '.repeat(400)
    for (const utf8 of `${filler}TOKEN=hunter`) session.add('terminal.output', { channel: 0, stream: 'stdout', data: { utf8 } })
    expect(await textOf(session)).toBe(`${filler}TOKEN=******`)
  })

  it('counts what came in pieces once', async () => {
    const session = new RecordedSession()
    for (const utf8 of ['TOKEN=hun', 'ter\r\n']) session.add('terminal.output', { channel: 0, stream: 'stdout', data: { utf8 } })
    let count = 0
    for await (const _ of maskRecording(inTurn(eventsOf(session)), (masked) => (count += masked)));
    expect(count).toBe(1)
  })

  it('keeps the streams of a session apart, and all events in order', async () => {
    const session = new RecordedSession()
    for (const [stream, utf8] of [
      ['stdout', 'TOKEN='],
      ['stderr', 'note '],
      ['stdout', 'hunter2\n'],
    ] as const) {
      session.add('terminal.output', { channel: 0, stream, data: { utf8 } })
    }
    const seqs: number[] = []
    let text = ''
    for await (const event of maskRecording(inTurn(eventsOf(session)))) {
      seqs.push(event.seq)
      if (event.type === 'terminal.output' && event.body.stream === 'stdout' && 'utf8' in event.body.data) text += event.body.data.utf8
    }
    expect([seqs, text]).toEqual([[0, 1, 2], 'TOKEN=*******\n'])
  })

  it('holds no more than so much of a word that never ends', async () => {
    const session = new RecordedSession()
    for (let pieces = 0; pieces < 1200; pieces += 1) session.add('terminal.output', { channel: 0, stream: 'stdout', data: { utf8: 'x' } })
    let taken = 0
    let given = 0
    const source = async function* () {
      for (const event of eventsOf(session)) {
        taken += 1
        yield event
      }
    }
    for await (const _ of maskRecording(source())) {
      given += 1
      expect(taken - given).toBeLessThan(512)
    }
    expect(given).toBe(1200)
  })
})

describe('a proof', () => {
  it('keeps the verdict and the hashes of what was recorded', () => {
    const event = only(new RecordedSession().asked("SET x = 'S3cr3tValue9'"))
    const content = {
      content: canonicalJson(event),
      bytes: 1,
      hash: event.hash,
      recomputedHash: event.hash,
      isHashValid: true,
      prevHash: event.prevHash,
      isChained: true,
      event,
    }
    const proof = {
      sessionId: event.sessionId,
      seq: 0,
      verdict: 'proved' as const,
      contents: [content],
      previous: [],
      next: [],
      lastSeq: 0,
      masked: 0,
    }
    const masked = maskProof(proof)
    expect(masked).toMatchObject({ verdict: 'proved', masked: 1, contents: [{ hash: event.hash, isHashValid: true }] })
    expect(JSON.stringify(masked)).not.toContain('S3cr3tValue9')
  })
})

async function textOf(session: RecordedSession): Promise<string> {
  let text = ''
  for await (const event of maskRecording(inTurn(eventsOf(session)))) {
    if (event.type === 'terminal.output' && 'utf8' in event.body.data) text += event.body.data.utf8
  }
  return text
}

async function* inTurn(events: readonly SessionEvent[]): AsyncGenerator<SessionEvent> {
  yield* events
}
