import { connectTo } from './connect.ts'
import { LazyPublisher } from './lazy-publisher.ts'
import { Relay } from './relay.ts'
import type { RelayListener, RelaySource, RelayState, SpoolRelay } from './spool-relay.ts'

// Who is away when the connection is closed is not waited for.
const DISCONNECT_WITHIN_MS = 1000

/** The relay with its own connection, in the thread that makes it. */
export class RelayInProcess implements SpoolRelay {
  private readonly publisher: LazyPublisher
  private readonly relay: Relay

  constructor({ settings, ...source }: RelaySource, listener: RelayListener) {
    const connect = () =>
      connectTo(settings, {
        onNotice: (notice) => {
          if (notice.kind === 'oversized') listener.onNotice({ kind: 'oversized', bytes: notice.bytes })
        },
      })
    this.publisher = new LazyPublisher(connect)
    this.relay = new Relay({ ...source, ...listener, publisher: this.publisher, nowMs: () => Date.now() })
  }

  get state(): RelayState {
    return this.relay.state
  }

  depth(): Promise<number> {
    return this.relay.depth()
  }

  start(): void {
    this.relay.start()
  }

  async stop(drainWithinMs: number): Promise<void> {
    await this.relay.stop(drainWithinMs)
    await Promise.race([this.publisher.close(), new Promise((resolve) => setTimeout(resolve, DISCONNECT_WITHIN_MS).unref())])
  }
}
