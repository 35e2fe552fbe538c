import { createHash } from 'node:crypto'
import type { PeopleStory } from '@hoptrace/web'
import { aGateway, anId, Recorded } from './recorded.test-support.ts'

const SECRET = 'hunter2-4f8a1c'
const MIB = 1024 * 1024
const LONG_TEXT = `INSERT INTO parts (name) VALUES ${Array.from({ length: 60 }, (_, part) => `('part number ${part}')`).join(', ')}`

export type RecordedStory = { story: PeopleStory; recordings: Recorded[] }

/** What people look at: a table that holds a password, a shell that printed one, and gateways that are well, full and silent. */
export function recordStory(): RecordedStory {
  const sql = sqlSession()
  const shell = shellSession()
  const long = longSession()
  const forged = forgedSession()
  const gateways = [
    aGateway('gw-east', 3000, { level: 'roomy', bytes: 12 * MIB, maxBytes: 1024 * MIB }),
    aGateway('gw-north', 4000, { level: 'filling', bytes: 840 * MIB, maxBytes: 1024 * MIB }),
    aGateway('gw-west', 190_000, { level: 'roomy', bytes: 3 * MIB, maxBytes: 1024 * MIB }),
  ]
  return {
    story: {
      ...{ sqlSessionId: sql.id, statementSeq: 1, terminalSessionId: shell.id, secret: SECRET, silentGateway: 'gw-west' },
      ...{ forgedSessionId: forged[0].id, expiredSessionId: anId(Date.now() - 45 * 86_400_000) },
      long: { sessionId: long.id, statementSeq: 3, text: LONG_TEXT },
    },
    recordings: [sql, shell, long, ...forged, ...gateways],
  }
}

function sqlSession(): Recorded {
  const target = { name: 'orders', protocol: 'postgres' as const, address: '10.0.0.5:5432', account: 'app' }
  const columns = ['service', 'username', 'password'].map((name) => ({ name, oid: 25, type: 'text' }))
  const sample = [
    ['ledger', 'ledger_rw', SECRET],
    ['mailer', 'mailer', 'Zr9!tq-0042-west'],
  ]
  const answer = { index: 0, tag: 'SELECT 2', rows: 2, bytes: 96, durationUs: 1800, error: null, transaction: 'idle' as const }
  return new Recorded({ target })
    .add('session.started', { client: 'psql', database: 'shop', tls: true })
    .add('sql.statement', { text: 'SELECT service, username, password FROM service_accounts', tables: ['service_accounts'], ...SIMPLE })
    .add('sql.result', { statement: 1, columns, sample, ...answer })
    .add('sql.statement', { text: `ALTER ROLE ledger_rw PASSWORD '${SECRET}'`, tables: [], ...SIMPLE, kind: 'ALTER' })
    .add('sql.result', { statement: 3, columns: [], sample: [], ...answer, tag: 'ALTER ROLE', rows: null })
    .add('session.ended', { reason: 'client', message: null })
}

/** A session whose first event was recorded, and forged. */
function forgedSession(): [Recorded, Recorded] {
  const target = { name: 'ledger', protocol: 'postgres' as const, address: '10.0.0.6:5432', account: 'app' }
  const sessionId = anId(Date.now() - 300_000)
  const started = (client: string) =>
    new Recorded({ target, sessionId }, Date.now() - 300_000).add('session.started', { client, database: 'ledger', tls: true })
  return [started('psql'), started('pg_dump')]
}

const SIMPLE = { mode: 'simple' as const, prepared: null, params: [], kind: 'SELECT', transaction: 'idle' as const }

/** A statement in its start, two pieces and its tail, as a gateway records one that no event can hold. */
function longSession(): Recorded {
  const target = { name: 'orders', protocol: 'postgres' as const, address: '10.0.0.5:5432', account: 'app' }
  const cut = (from: number, to: number) => LONG_TEXT.slice(from, to)
  const piece = { kind: 'text' as const, severity: null, sqlstate: null, message: '', channel: null }
  return new Recorded({ target })
    .add('session.started', { client: 'psql', database: 'shop', tls: true })
    .add('sql.notice', { ...piece, data: { utf8: cut(400, 700) } })
    .add('sql.notice', { ...piece, data: { utf8: cut(700, 1000) } })
    .add('sql.statement', {
      ...{ text: cut(0, 400), tail: cut(1000, LONG_TEXT.length), tailFrom: 1000, tables: ['parts'], ...SIMPLE, kind: 'INSERT' },
      truncated: { kept: LONG_TEXT.length - 600, total: LONG_TEXT.length },
      sha256: createHash('sha256').update(LONG_TEXT).digest('hex'),
    })
    .add('session.ended', { reason: 'client', message: null })
}

function shellSession(): Recorded {
  const target = { name: 'bastion', protocol: 'ssh' as const, address: '10.0.0.9:22', account: 'deploy' }
  const said = (utf8: string) => ({ channel: 0, stream: 'stdout' as const, data: { utf8 } })
  return new Recorded({ target })
    .add('session.started', { client: 'OpenSSH_9.6', database: null, tls: false })
    .add('ssh.exec', { channel: 0, command: null, pty: { term: 'xterm', cols: 80, rows: 24 } })
    .add('terminal.output', said('deploy@bastion:~$ '))
    .add('terminal.output', said(`cat deploy/ledger.env\r\nLEDGER_HOST=ledger.internal\r\nLEDGER_PASSWORD=${SECRET}\r\ndeploy@bastion:~$ `))
    .add('terminal.output', said('uptime\r\n 10:31:04 up 41 days, 2 users\r\ndeploy@bastion:~$ '))
    .add('ssh.exit', { channel: 0, status: 0, signal: null, stdoutBytes: 200, stderrBytes: 0, stdinBytes: 0 })
    .add('session.ended', { reason: 'client', message: null })
}
