import { setTimeout as sleep } from 'node:timers/promises'
import { type RunRecord, type RunsBeat, RunsMessage } from '@hoptrace/events'
import type { FollowedTopic, RunsTopic } from './runs-topic.ts'

export type RunsFollowerListener = {
  onRun(record: RunRecord): void
  /** @param isNew false for what stood in the topic before this gateway looked */
  onBeat(beat: RunsBeat, isNew: boolean): void
  onCaughtUp(): void
}

export type RunsNotice =
  /** A message of the topic that is none of ours; it changes nothing. */
  { kind: 'unreadable' } | { kind: 'unreachable'; error: unknown }

const RETRY_MS = 500

/** Follows the topic of runs for one tenant, from its beginning. */
export class RunsFollower {
  private readonly closing = new AbortController()
  private isCaughtUp = false
  private following: Promise<void> | null = null
  private followed: FollowedTopic | null = null

  constructor(
    private readonly tenant: string,
    private readonly topic: RunsTopic,
    private readonly listener: RunsFollowerListener,
    private readonly onNotice: (notice: RunsNotice) => void,
  ) {}

  /** For how long it cannot be said any more that everything was read; infinite before the first time. */
  get ageMs(): number {
    return this.followed?.ageMs() ?? Number.POSITIVE_INFINITY
  }

  /** Does not wait for the broker: it is tried until it is there. */
  start(): void {
    this.following ??= this.follow()
  }

  async close(): Promise<void> {
    this.closing.abort()
    await this.following
  }

  private async follow(): Promise<void> {
    const { signal } = this.closing
    while (!signal.aborted) {
      try {
        await this.followUntil(signal)
      } catch (error) {
        if (signal.aborted) return
        this.onNotice({ kind: 'unreachable', error })
        await sleep(RETRY_MS, undefined, { signal }).catch(() => undefined)
      }
    }
  }

  private async followUntil(signal: AbortSignal): Promise<void> {
    const opening = this.topic.follow(
      (value) => this.take(value),
      () => this.caughtUp(),
    )
    // A broker that is away may keep the opening for long; who closes does not wait for it.
    const isClosing = aborted(signal)
    await Promise.race([opening, isClosing])
    if (signal.aborted) return void opening.then((followed) => followed.close()).catch(() => undefined)
    this.followed = await opening
    await isClosing
    await this.followed.close()
  }

  private take(value: Buffer | null): void {
    if (value === null || this.closing.signal.aborted) return
    const message = read(value)
    if (message === null) this.onNotice({ kind: 'unreadable' })
    else if (message.tenant !== this.tenant) return
    else if (message.kind === 'run') this.listener.onRun(message)
    else this.listener.onBeat(message, this.isCaughtUp)
  }

  private caughtUp(): void {
    if (this.isCaughtUp || this.closing.signal.aborted) return
    this.isCaughtUp = true
    this.listener.onCaughtUp()
  }
}

function read(value: Buffer): RunsMessage | null {
  try {
    return RunsMessage.safeParse(JSON.parse(value.toString('utf8'))).data ?? null
  } catch {
    return null
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve()
    signal.addEventListener('abort', () => resolve(), { once: true })
  })
}
