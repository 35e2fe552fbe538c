import { EventChain, type SessionEnvelope, uuidv7 } from '@hoptrace/events'

export const START_MS = Date.UTC(2026, 0, 2, 3, 4, 5)

let ids = 0
export const newId = () => uuidv7(START_MS, Buffer.from(String(ids++).padStart(10, '0')))
export const boot = newId()
export const moment = (elapsedUs: number) => ({ wallUs: START_MS * 1000 + elapsedUs, elapsedUs })

export function anEnvelope(over: Partial<SessionEnvelope> = {}): SessionEnvelope {
  const target = { name: 'orders', protocol: 'postgres', address: 'db:5432', account: 'app' } as const
  const origin = { address: '127.0.0.1', port: 5000, client: null }
  const who = { run: null, principal: 'agent', rootPrincipal: 'ana', lineage: [] }
  return { tenant: 'default', sessionId: newId(), gatewayId: 'gw-1', bootId: boot, ...who, origin, target, ...over }
}

/** Start, `statements` statements, end. Each statement names bastion.internal. */
export function aSession(envelope: SessionEnvelope, statements = 2): Buffer[] {
  const chain = new EventChain(envelope)
  const named = { kind: 'host', digest: 'ab'.repeat(16), keyId: 'k1', role: 'asked', at: '/text', value: 'bastion.internal' } as const
  const plain = { mode: 'simple', prepared: null, kind: 'SELECT', transaction: 'idle' } as const
  const started = chain.next('session.started', { client: 'psql', database: 'shop', tls: false }, moment(0))
  const asked = Array.from({ length: statements }, (_, i) =>
    chain.next('sql.statement', { ...plain, text: `SELECT ${i}`, params: [], tables: [] }, moment(i + 1), { observables: [named] }),
  )
  return [started, ...asked, chain.next('session.ended', { reason: 'client', message: null }, moment(99))]
}
