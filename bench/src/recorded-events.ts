import { EventChain, type Observable, uuidv7 } from '@hoptrace/events'

const STARTED_MS = 1_795_000_000_000
const STATEMENTS = 100

/** The encoded events of sessions over PostgreSQL, as the gateway records an agent's work: statements, answers, and what stood in them. */
export function* recordedEvents(events: number): Generator<Buffer> {
  for (let session = 0, made = 0; made < events; session++) {
    for (const event of recordedSession(session)) {
      if (made++ >= events) return
      yield event
    }
  }
}

function* recordedSession(n: number): Generator<Buffer> {
  const id = uuidv7(STARTED_MS + n, idBytes(n))
  const target = { name: 'orders', protocol: 'postgres', address: '10.0.0.5:5432', account: 'app' } as const
  const who = { run: id, principal: `agent-${n % 50}`, rootPrincipal: 'ana', lineage: [] }
  const origin = { address: '192.0.2.7', port: 40_000 + (n % 20_000), client: 'psql' }
  const chain = new EventChain({ tenant: 'default', sessionId: id, gatewayId: 'bench', bootId: id, ...who, origin, target })
  const at = (step: number) => ({ wallUs: (STARTED_MS + n) * 1000 + step, elapsedUs: step })
  yield chain.next('session.started', { client: 'psql', database: 'shop', tls: true }, at(0))
  for (let i = 1; i <= STATEMENTS; i++) {
    const text = `SELECT id, host, total FROM orders WHERE customer = ${n * STATEMENTS + i} ORDER BY placed_at DESC LIMIT 5`
    const plain = { mode: 'simple', prepared: null, kind: 'SELECT', transaction: 'idle' } as const
    yield chain.next('sql.statement', { ...plain, text, params: [], tables: ['orders'] }, at(2 * i))
    yield answerTo(chain, 2 * i - 1, n, at(2 * i + 1))
  }
  yield chain.next('session.ended', { reason: 'client', message: null }, at(2 * STATEMENTS + 2))
}

function answerTo(chain: EventChain, statement: number, n: number, at: { wallUs: number; elapsedUs: number }): Buffer {
  const host = `node-${(n * 31 + statement) % 5000}.internal`
  const columns = ['id', 'host', 'total'].map((name) => ({ name, oid: 25, type: 'text' }))
  const sample = [[String(statement), host, `${(statement * 17) % 900}.50`]]
  const numbers = { index: 0, tag: 'SELECT 1', rows: 1, bytes: 90, durationUs: 740 + (statement % 300) }
  const digest = (n * 1_000_003 + statement).toString(16).padStart(32, 'a')
  const seen: Observable = { kind: 'host', digest, keyId: 'k1', role: 'answered', at: '/sample/0/1', offset: 0, value: host }
  const body = { ...numbers, statement, error: null, columns, sample, transaction: 'idle' as const }
  return chain.next('sql.result', body, at, { observables: [seen] })
}

function idBytes(n: number): Buffer {
  const bytes = Buffer.alloc(10)
  bytes.writeUInt32BE(n, 6)
  return bytes
}
