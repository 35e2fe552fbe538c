import { type Run, type RunState, uuidv7 } from '@hoptrace/events'
import type { Clock } from '../recording/clock.ts'
import type { KnownRuns } from './known-runs.ts'
import { type Minted, type Minter, type MintRequest, mint, refused } from './mint.ts'
import type { RunLog, RunLogEntry } from './run-log.ts'
import { type KnownRun, RunSet, type Standing, tokenHashOf } from './run-set.ts'
import { sshKeyFingerprint } from './ssh-public-key.ts'

export type { RunState, Standing }

export type RunRegistryListener = {
  onMinted(run: Run): void
  onRevoked(runs: readonly Run[], by: string, reason: string): void
  onExpired(run: Run): void
  /** Runs that ended at another writer, which has told of it. */
  onEndedElsewhere?(runs: readonly Run[]): void
}

/** Runs that may come from one root, ended ones counted: an agent must not fill the log, or the memory, by delegating. */
const MAX_DESCENDANTS = 4096

/** The runs of whoever writes them: kept in memory and in the durable log. */
export class RunRegistry implements KnownRuns {
  private readonly runs = new RunSet()
  private listener: RunRegistryListener | null = null
  private changeListener: (ids: readonly string[]) => void = () => {}
  /** Ends of runs that the log could not take yet. */
  private owed: RunLogEntry[] = []
  // Whoever writes the runs knows them; one that another has replaced asks what it hears.
  private freshness: { readonly isFresh: boolean } = { isFresh: true }

  constructor(
    private readonly log: RunLog,
    private readonly clock: Clock,
    private readonly random: (bytes: number) => Buffer,
  ) {
    for (const entry of log.entries) this.apply(entry)
  }

  get isFresh(): boolean {
    return this.freshness.isFresh
  }

  /** From now on another gateway writes the runs, and this one follows it. */
  follow(freshness: { readonly isFresh: boolean }): void {
    this.freshness = freshness
  }

  listen(listener: RunRegistryListener): void {
    this.listener = listener
  }

  /** Hears the ids of runs that are new or have ended. */
  onChange(listener: (ids: readonly string[]) => void): void {
    this.changeListener = listener
  }

  list(): Standing[] {
    return [...this.runs.all()]
  }

  find(id: string): KnownRun | null {
    return this.runs.find(id)
  }

  findByToken(token: string): Standing | null {
    return this.runs.findByToken(token)
  }

  findByKey(fingerprint: string): Standing | null {
    return this.runs.findByKey(fingerprint)
  }

  // The operator's token is this gateway's own.
  isOperator(): boolean {
    return false
  }

  /** Mints a run. The token is in the answer and nowhere else. */
  mint(request: MintRequest, minter: Minter): { minted: Minted; token: string } {
    const nowUs = this.clock.wallUs()
    const keyFingerprint = request.sshPublicKey ? sshKeyFingerprint(request.sshPublicKey) : null
    const minted =
      this.refusal(keyFingerprint, minter) ?? mint(request, minter, { id: uuidv7(Math.floor(nowUs / 1000), this.random(10)), nowUs })
    const token = `hop_${this.random(24).toString('base64url')}`
    if (minted.kind === 'run') {
      const entry: RunLogEntry = { kind: 'minted', run: minted.run, tokenHash: tokenHashOf(token), keyFingerprint }
      this.settle(entry)
      this.apply(entry)
      this.changeListener([minted.run.id])
      this.listener?.onMinted(minted.run)
    }
    return { minted, token }
  }

  /**
   * Revokes a run and its descendants. @returns those that were live
   * @throws when the log cannot take it: the runs are revoked all the same, and the log is tried again until it does
   */
  revoke(id: string, by: string, reason: string): Run[] {
    const runs = this.runs.liveOnes((run) => run.id === id || run.lineage.includes(id))
    if (runs.length === 0) return []
    this.owe({ kind: 'revoked', runs: runs.map((r) => r.id), by, reason })
    this.listener?.onRevoked(runs, by, reason)
    this.settle()
    return runs
  }

  expire(): void {
    const now = this.clock.wallUs()
    for (const run of this.runs.liveOnes(({ expiresAt }) => Number(expiresAt) <= now)) {
      this.owe({ kind: 'expired', run: run.id })
      this.listener?.onExpired(run)
    }
    this.settleLater()
  }

  isLive(standing: Standing): boolean {
    return standing.state === 'live' && Number(standing.run.expiresAt) > this.clock.wallUs()
  }

  /** Takes what another writer knows of a run: one that came before this, or one that has replaced it. */
  adopt(record: KnownRun): void {
    const { isNew, ended } = this.runs.merge(record)
    const { run, tokenHash, keyFingerprint } = record
    if (isNew) this.owed.push({ kind: 'minted', run, tokenHash, keyFingerprint })
    for (const { run, state } of ended) this.owed.push(endOf(run.id, state))
    if (ended.length > 0) this.listener?.onEndedElsewhere?.(ended.map(({ run }) => run))
    this.settleLater()
    if (isNew || ended.length > 0) this.changeListener([...new Set([run.id, ...ended.map(({ run }) => run.id)])])
  }

  private refusal(keyFingerprint: string | null, minter: Minter): Minted | null {
    const holder = keyFingerprint ? this.findByKey(keyFingerprint) : null
    // Public keys are public: whoever could bind another run's key would lend its holder a false identity.
    if (holder && this.isLive(holder)) return refused('key-in-use', 'this key already proves a run that lives')
    const root = minter.kind === 'run' ? (minter.run.lineage[0] ?? minter.run.id) : null
    if (root === null || this.runs.descendantsOf(root) < MAX_DESCENDANTS) return null
    return refused('too-many-runs', `at most ${MAX_DESCENDANTS} runs may come from one root run`)
  }

  // An end takes effect before it is written: a full disk must not keep a run alive.
  private owe(entry: Exclude<RunLogEntry, { kind: 'minted' }>): void {
    this.owed.push(entry)
    this.apply(entry)
    this.changeListener(entry.kind === 'revoked' ? entry.runs : [entry.run])
  }

  private settle(...entries: RunLogEntry[]): void {
    if (this.owed.length + entries.length === 0) return
    this.log.append(...this.owed, ...entries)
    this.owed = []
  }

  private settleLater(): void {
    try {
      this.settle()
    } catch {
      // Runs end by the clock, whatever the log says; the next call tries again.
    }
  }

  private apply(entry: RunLogEntry): void {
    if (entry.kind === 'minted') this.runs.add(entry)
    else for (const id of entry.kind === 'revoked' ? entry.runs : [entry.run]) this.runs.end(id, entry.kind)
  }
}

function endOf(run: string, state: RunState): RunLogEntry {
  return state === 'expired' ? { kind: 'expired', run } : { kind: 'revoked', runs: [run], by: 'another writer of runs', reason: '' }
}
