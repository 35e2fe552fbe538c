import { HopChainAccesses, type HopChainAccessRow, HopChains, Hops, type Store } from '@hoptrace/store'

type Session = { id: string; startMs: number }
/** One chain over two sessions: a value seen in the first is used in the second, which names a way that nobody followed. */
export type StoredChain = { id: string; hop: string; unseenHop: string; unseenTarget: string; digest: string; run: string }

const LIVE = { isDeleted: false, version: 1 }
const WHO = { run: null, lineage: [], principal: 'agent-1', rootPrincipal: 'ana', origin: '192.0.2.7', denyReason: null }

/** Stores it as the correlator would. */
export async function storeChain(store: Store, chain: StoredChain, from: Session, to: Session): Promise<void> {
  const accesses = accessesOf(chain, from, to)
  await new HopChainAccesses(store).save(
    'default',
    accesses.map((access) => ({ ...access, ...LIVE })),
  )
  await new Hops(store).save('default', hopsOf(chain, from, to))
  const span = { firstTs: from.startMs * 1000, lastTs: (to.startMs + 9000) * 1000 }
  await new HopChains(store).save('default', [
    {
      ...{ id: chain.id, redirectTo: null, rootAccess: from.id, rootPrincipals: ['ana'], principals: ['agent-1'], ...span, ...LIVE },
      ...{
        protocols: ['http', 'kubernetes'],
        targets: ['billing', 'prod', chain.unseenTarget],
        classes: ['credential-flow', 'pivot-command'],
      },
      ...{
        hops: 2,
        accesses: 3,
        refused: 0,
        maxDepth: 2,
        score: 10_000,
        weakestScore: 4000,
        title: 'prod used a credential seen in billing',
      },
    },
  ])
}

function accessesOf(chain: StoredChain, from: Session, to: Session): HopChainAccessRow[] {
  const own = { ...WHO, chainId: chain.id, run: chain.run, seq: 0, ms: 0, isOpen: false }
  const of = ({ id, startMs }: Session) => ({ accessId: id, sessionId: id, firstTs: startMs * 1000, lastTs: (startMs + 9000) * 1000 })
  const billing = { protocol: 'http', target: 'billing', address: '10.0.0.5:8080', account: 'svc-agent' } as const
  const prod = { protocol: 'kubernetes', target: 'prod', address: '10.0.0.6:6443', account: 'agent' } as const
  const away = { protocol: 'ssh', target: chain.unseenTarget, address: null, account: 'root' } as const
  return [
    { ...own, ...of(from), ...billing, kind: 'session', depth: 0 },
    { ...own, ...of(to), ...prod, kind: 'session', depth: 1 },
    { ...own, ...of(to), ...away, accessId: `${to.id}.3`, kind: 'unseen', depth: 2, seq: 3, ms: 900 },
  ]
}

function hopsOf(chain: StoredChain, from: Session, to: Session) {
  const at = ({ id, startMs }: Session, seq: number) => ({
    session: id,
    seq,
    tsUs: (startMs + seq * 300) * 1000,
    ms: seq * 300,
    at: '',
    offset: null,
  })
  const seen = {
    class: 'credential-flow',
    score: 6000,
    from: at(from, 2),
    to: at(to, 1),
    sentence: 'prod used a credential seen in billing',
  } as const
  const named = {
    ...({ class: 'pivot-command', score: 4000, from: at(to, 2), to: at(to, 3) } as const),
    sentence: `a command in prod named ${chain.unseenTarget}; no access to it appeared at the gateway within 60 s`,
  }
  const evidence = { isLink: true, basis: {} }
  const own = { chainId: chain.id, alternatives: [], ...LIVE }
  const secret = { kind: 'credential', digest: chain.digest, value: null } as const
  return [
    {
      ...own,
      ...seen,
      id: chain.hop,
      fromAccess: from.id,
      toAccess: to.id,
      evidence: [{ ...evidence, ...seen, fromAccess: from.id, observable: secret }],
    },
    {
      ...{ ...own, ...named, id: chain.unseenHop, fromAccess: to.id, toAccess: `${to.id}.3` },
      evidence: [{ ...evidence, ...named, fromAccess: to.id, observable: null }],
    },
  ]
}
