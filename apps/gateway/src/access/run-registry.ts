import { createHash } from 'node:crypto'
import { uuidv7 } from '@hoptrace/events'
import type { Clock } from '../recording/clock.ts'
import { type Minted, type Minter, type MintRequest, mint, refused } from './mint.ts'
import type { Run, RunLog, RunLogEntry } from './run-log.ts'
import { sshKeyFingerprint } from './ssh-public-key.ts'

export type RunState = 'live' | 'expired' | 'revoked'
export type Standing = { run: Run; state: RunState }

type Entry = { run: Run; state: RunState }

export type RunRegistryListener = {
  onMinted(run: Run): void
  onRevoked(runs: readonly Run[], by: string, reason: string): void
  onExpired(run: Run): void
}

/** Runs that may come from one root, ended ones counted: an agent must not fill the log, or the memory, by delegating. */
const MAX_DESCENDANTS = 4096

/** The live set of runs, kept in memory and in the durable log. */
export class RunRegistry {
  private readonly runs = new Map<string, Entry>()
  private readonly live = new Set<Entry>()
  /** How many runs descend from each root run. */
  private readonly descendants = new Map<string, number>()
  private readonly byTokenHash = new Map<string, Entry>()
  private readonly byKey = new Map<string, Entry>()
  private listener: RunRegistryListener | null = null
  /** Ends of runs that the log could not take yet. */
  private owed: RunLogEntry[] = []

  constructor(
    private readonly log: RunLog,
    private readonly clock: Clock,
    private readonly random: (bytes: number) => Buffer,
  ) {
    for (const entry of log.entries) this.apply(entry)
  }

  listen(listener: RunRegistryListener): void {
    this.listener = listener
  }

  list(): Standing[] {
    return [...this.runs.values()]
  }

  find(id: string): Standing | null {
    return this.runs.get(id) ?? null
  }

  findByToken(token: string): Standing | null {
    return this.byTokenHash.get(sha256(token)) ?? null
  }

  /** @param fingerprint as OpenSSH prints it, `SHA256:…` */
  findByKey(fingerprint: string): Standing | null {
    return this.byKey.get(fingerprint) ?? null
  }

  /** Mints a run. The token is in the answer and nowhere else. */
  mint(request: MintRequest, minter: Minter): { minted: Minted; token: string } {
    const nowUs = this.clock.wallUs()
    const keyFingerprint = request.sshPublicKey ? sshKeyFingerprint(request.sshPublicKey) : null
    const minted =
      this.refusal(keyFingerprint, minter) ?? mint(request, minter, { id: uuidv7(Math.floor(nowUs / 1000), this.random(10)), nowUs })
    const token = `hop_${this.random(24).toString('base64url')}`
    if (minted.kind === 'run') {
      const entry: RunLogEntry = { kind: 'minted', run: minted.run, tokenHash: sha256(token), keyFingerprint }
      this.settle(entry)
      this.apply(entry)
      this.listener?.onMinted(minted.run)
    }
    return { minted, token }
  }

  /**
   * Revokes a run and its descendants. @returns those that were live
   * @throws when the log cannot take it: the runs are revoked all the same, and the log is tried again until it does
   */
  revoke(id: string, by: string, reason: string): Run[] {
    const runs = [...this.live].map((e) => e.run).filter((run) => run.id === id || run.lineage.includes(id))
    if (runs.length === 0) return []
    this.owe({ kind: 'revoked', runs: runs.map((r) => r.id), by, reason })
    this.listener?.onRevoked(runs, by, reason)
    this.settle()
    return runs
  }

  /** Ends what has run out by now. Called on a timer, and before every decision. */
  expire(): void {
    const now = this.clock.wallUs()
    const ended = [...this.live].map((e) => e.run).filter((run) => Number(run.expiresAt) <= now)
    for (const run of ended) {
      this.owe({ kind: 'expired', run: run.id })
      this.listener?.onExpired(run)
    }
    try {
      this.settle()
    } catch {
      // Runs end by the clock, whatever the log says; the next call tries again.
    }
  }

  /** Is the run within its time? Decided by the clock, not by when `expire` last ran. */
  isLive(standing: Standing): boolean {
    return standing.state === 'live' && Number(standing.run.expiresAt) > this.clock.wallUs()
  }

  private refusal(keyFingerprint: string | null, minter: Minter): Minted | null {
    const holder = keyFingerprint ? this.findByKey(keyFingerprint) : null
    // Public keys are public: whoever could bind another run's key would lend its holder a false identity.
    if (holder && this.isLive(holder)) return refused('key-in-use', 'this key already proves a run that lives')
    const root = minter.kind === 'run' ? (minter.run.lineage[0] ?? minter.run.id) : null
    if (root === null || (this.descendants.get(root) ?? 0) < MAX_DESCENDANTS) return null
    return refused('too-many-runs', `at most ${MAX_DESCENDANTS} runs may come from one root run`)
  }

  // An end takes effect before it is written: a full disk must not keep a run alive.
  private owe(entry: RunLogEntry): void {
    this.owed.push(entry)
    this.apply(entry)
  }

  private settle(...entries: RunLogEntry[]): void {
    if (this.owed.length + entries.length === 0) return
    this.log.append(...this.owed, ...entries)
    this.owed = []
  }

  private apply(entry: RunLogEntry): void {
    if (entry.kind === 'minted') {
      this.add(entry)
      return
    }
    for (const id of entry.kind === 'revoked' ? entry.runs : [entry.run]) {
      const known = this.runs.get(id)
      if (!known) continue
      known.state = entry.kind
      this.live.delete(known)
    }
  }

  private add({ run, tokenHash, keyFingerprint }: Extract<RunLogEntry, { kind: 'minted' }>): void {
    const known: Entry = { run, state: 'live' }
    this.runs.set(run.id, known)
    this.live.add(known)
    this.byTokenHash.set(tokenHash, known)
    if (keyFingerprint) this.byKey.set(keyFingerprint, known)
    const [root] = run.lineage
    if (root) this.descendants.set(root, (this.descendants.get(root) ?? 0) + 1)
  }
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}
