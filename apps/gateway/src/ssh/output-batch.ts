import type { SpoolMark } from '../recording/session-recording.ts'

/** What one event takes: see PIECE_BYTES. */
const MAX_BATCH_BYTES = 64 * 1024

export type Stream = 'stdout' | 'stderr'
type Held = { payload: Buffer; mark: SpoolMark }

/**
 * Gathers the output that arrives in one turn of the event loop, so that one event records several packets.
 * The packets go on in the same turn, after their event was appended.
 */
export class OutputBatch {
  private held: Held[] = []
  private parts: Buffer[] = []
  private length = 0
  private stream: Stream = 'stdout'

  constructor(
    private readonly record: (bytes: Buffer, stream: Stream) => void,
    private readonly pass: (payload: Buffer, mark: SpoolMark) => void,
    private readonly onTurnEnd: (flush: () => void) => void,
  ) {}

  add(bytes: Buffer, stream: Stream, payload: Buffer, mark: SpoolMark): void {
    if (stream !== this.stream || this.length + bytes.length > MAX_BATCH_BYTES) this.flush()
    if (this.held.length === 0) this.onTurnEnd(() => this.flush())
    this.stream = stream
    this.parts.push(bytes)
    this.length += bytes.length
    this.held.push({ payload, mark })
  }

  flush(): void {
    const { held, parts } = this
    const [first] = parts
    if (!first) return
    this.held = []
    this.parts = []
    this.length = 0
    this.record(parts.length === 1 ? first : Buffer.concat(parts), this.stream)
    for (const { payload, mark } of held) this.pass(payload, mark)
  }
}
