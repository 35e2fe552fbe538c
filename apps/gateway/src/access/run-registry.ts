import { createHash } from 'node:crypto'
import { uuidv7 } from '@hoptrace/events'
import type { Clock } from '../recording/clock.ts'
import { type Minted, type Minter, type MintRequest, mint } from './mint.ts'
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

/** The live set of runs, kept in memory and in the durable log. */
export class RunRegistry {
  private readonly runs = new Map<string, Entry>()
  private readonly byTokenHash = new Map<string, Entry>()
  private readonly byKey = new Map<string, Entry>()
  private listener: RunRegistryListener | null = null

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
    const minted = mint(request, minter, { id: uuidv7(Math.floor(nowUs / 1000), this.random(10)), nowUs })
    const token = `hop_${this.random(24).toString('base64url')}`
    if (minted.kind === 'run') {
      const keyFingerprint = request.sshPublicKey ? sshKeyFingerprint(request.sshPublicKey) : null
      this.write({ kind: 'minted', run: minted.run, tokenHash: sha256(token), keyFingerprint })
      this.listener?.onMinted(minted.run)
    }
    return { minted, token }
  }

  /** Revokes a run and its descendants. @returns those that were live */
  revoke(id: string, by: string, reason: string): Run[] {
    const affected = [...this.runs.values()].filter((e) => e.state === 'live' && (e.run.id === id || e.run.lineage.includes(id)))
    const runs = affected.map((e) => e.run)
    if (runs.length === 0) return []
    this.write({ kind: 'revoked', runs: runs.map((r) => r.id), by, reason })
    this.listener?.onRevoked(runs, by, reason)
    return runs
  }

  /** Ends what has run out by now. Called on a timer, and before every decision. */
  expire(): void {
    const now = this.clock.wallUs()
    for (const entry of this.runs.values()) {
      if (entry.state !== 'live' || Number(entry.run.expiresAt) > now) continue
      this.write({ kind: 'expired', run: entry.run.id })
      this.listener?.onExpired(entry.run)
    }
  }

  /** Is the run within its time? Decided by the clock, not by when `expire` last ran. */
  isLive(standing: Standing): boolean {
    return standing.state === 'live' && Number(standing.run.expiresAt) > this.clock.wallUs()
  }

  private write(entry: RunLogEntry): void {
    this.log.append(entry)
    this.apply(entry)
  }

  private apply(entry: RunLogEntry): void {
    if (entry.kind === 'minted') {
      const known: Entry = { run: entry.run, state: 'live' }
      this.runs.set(entry.run.id, known)
      this.byTokenHash.set(entry.tokenHash, known)
      if (entry.keyFingerprint) this.byKey.set(entry.keyFingerprint, known)
      return
    }
    for (const id of entry.kind === 'revoked' ? entry.runs : [entry.run]) {
      const known = this.runs.get(id)
      if (known) known.state = entry.kind
    }
  }
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}
