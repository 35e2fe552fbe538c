import { hash } from 'node:crypto'
import type { Run, RunState } from '@hoptrace/events'

export type Standing = { readonly run: Run; readonly state: RunState }
/** A run with what proves it: its token as SHA-256, its key as OpenSSH's fingerprint. */
export type KnownRun = { run: Run; tokenHash: string; keyFingerprint: string | null; state: RunState }

// An end is final: whatever comes later, or again, a run never comes back to life.
const RANK: Record<RunState, number> = { live: 0, expired: 1, revoked: 2 }

/** Runs in memory, by id, token and key. States only move forward, so that records of them may be taken twice and in any order. */
export class RunSet {
  private readonly runs = new Map<string, KnownRun>()
  private readonly live = new Set<KnownRun>()
  private readonly byTokenHash = new Map<string, KnownRun>()
  private readonly byKey = new Map<string, KnownRun>()
  /** How many runs descend from each root run. */
  private readonly descendants = new Map<string, number>()

  all(): IterableIterator<KnownRun> {
    return this.runs.values()
  }

  find(id: string): KnownRun | null {
    return this.runs.get(id) ?? null
  }

  findByToken(token: string): Standing | null {
    return this.byTokenHash.get(tokenHashOf(token)) ?? null
  }

  /** @param fingerprint as OpenSSH prints it, `SHA256:…` */
  findByKey(fingerprint: string): Standing | null {
    return this.byKey.get(fingerprint) ?? null
  }

  descendantsOf(root: string): number {
    return this.descendants.get(root) ?? 0
  }

  liveOnes(isAffected: (run: Run) => boolean): Run[] {
    return [...this.live].map(({ run }) => run).filter(isAffected)
  }

  /** @returns whether it was not known */
  add({ run, tokenHash, keyFingerprint }: Omit<KnownRun, 'state'>): boolean {
    if (this.runs.has(run.id)) return false
    const known: KnownRun = { run, tokenHash, keyFingerprint, state: 'live' }
    this.runs.set(run.id, known)
    this.live.add(known)
    this.byTokenHash.set(tokenHash, known)
    if (keyFingerprint) this.bind(keyFingerprint, known)
    const [root] = run.lineage
    if (root) this.descendants.set(root, this.descendantsOf(root) + 1)
    return true
  }

  /**
   * Takes a record of a run, old or new. Who descends from a revoked run is revoked, whoever did not know yet that it was.
   * @returns whether the run was new, and the runs that ended by it
   */
  merge(record: KnownRun): { isNew: boolean; ended: KnownRun[] } {
    const isNew = this.add(record)
    const { id, lineage } = record.run
    const ended: string[] = []
    if (record.state !== 'live' && this.end(id, record.state)) {
      ended.push(id)
      const isRevoked = record.state === 'revoked'
      if (isRevoked) ended.push(...this.liveOnes((run) => run.lineage.includes(id)).map((run) => run.id))
    } else if (isNew && lineage.some((ancestor) => this.runs.get(ancestor)?.state === 'revoked')) ended.push(id)
    for (const each of ended) if (each !== id || record.state === 'live') this.end(each, 'revoked')
    return { isNew, ended: ended.map((each) => this.runs.get(each)).filter((known) => known !== undefined) }
  }

  /** @returns whether that changed anything */
  end(id: string, state: RunState): boolean {
    const known = this.runs.get(id)
    if (!known || !isBehind(known.state, state)) return false
    known.state = state
    this.live.delete(known)
    return true
  }

  // A key may serve one run after another: it proves the last that was started with it, in whatever order they are heard of.
  private bind(keyFingerprint: string, known: KnownRun): void {
    const holder = this.byKey.get(keyFingerprint)
    if (!holder || Number(holder.run.startedAt) <= Number(known.run.startedAt)) this.byKey.set(keyFingerprint, known)
  }
}

/** Does `state` come before `other` in the life of a run? */
export function isBehind(state: RunState, other: RunState): boolean {
  return RANK[state] < RANK[other]
}

/** SHA-256 in hexadecimal: the form in which tokens are kept. */
export function tokenHashOf(token: string): string {
  return hash('sha256', token, 'hex')
}
