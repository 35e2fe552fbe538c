import type { Standing } from './run-set.ts'

/** What a gateway knows of runs, whether it writes them or follows their writer. */
export interface KnownRuns {
  /** Is it recent enough to tell which runs are revoked? What follows the writer denies when it is not. */
  readonly isFresh: boolean
  list(): Standing[]
  find(id: string): Standing | null
  findByToken(token: string): Standing | null
  /** @param fingerprint as OpenSSH prints it, `SHA256:…` */
  findByKey(fingerprint: string): Standing | null
  /** Is the run within its time? Decided by the clock, not by when `expire` last ran. */
  isLive(standing: Standing): boolean
  /** Ends what has run out by now. Called on a timer, and before every decision. */
  expire(): void
  /** Is this the SHA-256 of an operator's token that the writer of the runs knows? */
  isOperator(tokenHash: string): boolean
}
