import type { ChannelRecorder } from '../terminal/emit.ts'

/** Gathers the messages of one stream that arrived together, so that one event records them. */
export class OutputRun {
  private parts: Buffer[] = []
  private stream: 'stdout' | 'stderr' = 'stdout'
  private nowUs = 0

  constructor(private readonly recorder: ChannelRecorder) {}

  add(bytes: Buffer, stream: 'stdout' | 'stderr', nowUs: number): void {
    if (stream !== this.stream) this.flush()
    this.stream = stream
    this.nowUs = nowUs
    this.parts.push(bytes)
  }

  flush(): void {
    const [only] = this.parts
    if (!only) return
    const bytes = this.parts.length === 1 ? only : Buffer.concat(this.parts)
    this.parts = []
    this.recorder.fromTarget(bytes, this.stream, this.nowUs)
  }
}
