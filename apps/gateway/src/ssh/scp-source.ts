/** A control line of the scp protocol is short; OpenSSH reads at most 2048 bytes of it. */
const MAX_LINE_BYTES = 4096

export class UnreadableScpError extends Error {
  readonly code = 'UNREADABLE_SCP'
  readonly retryable = false
}

export type ScpStep =
  | { kind: 'file'; name: string; size: number }
  | { kind: 'bytes'; bytes: Buffer }
  | { kind: 'file-end'; isClean: boolean }
  | { kind: 'enter'; name: string }
  | { kind: 'leave' }
  | { kind: 'message'; isFatal: boolean }

/** Reads what the sending side of the scp protocol says (OpenSSH scp.c, `source` and `sink`). Holds one control line at most. */
export class ScpSource {
  private line: number[] = []
  private bytesLeft = 0
  private state: 'line' | 'bytes' | 'file-status' = 'line';

  /** @throws UnreadableScpError for a line that is no control line */
  *push(bytes: Buffer): Generator<ScpStep> {
    let at = 0
    while (at < bytes.length) {
      if (this.state === 'bytes') {
        const part = bytes.subarray(at, at + this.bytesLeft)
        at += part.length
        this.bytesLeft -= part.length
        if (this.bytesLeft === 0) this.state = 'file-status'
        yield { kind: 'bytes', bytes: part }
      } else {
        const step = this.takeByte(bytes[at] ?? 0)
        at += 1
        if (step) yield step
      }
    }
  }

  private takeByte(byte: number): ScpStep | null {
    if (this.state === 'file-status') {
      this.state = 'line'
      // Anything but zero begins an error message, which is a line of its own.
      if (byte !== 0) this.line.push(byte)
      return { kind: 'file-end', isClean: byte === 0 }
    }
    // A source may acknowledge too (its first byte, after errors): a zero where a line should begin.
    if (this.line.length === 0 && byte === 0) return null
    if (byte === 0x0a) return this.takeLine()
    if (this.line.length >= MAX_LINE_BYTES) throw new UnreadableScpError('a control line above 4096 bytes')
    this.line.push(byte)
    return null
  }

  private takeLine(): ScpStep | null {
    const line = Buffer.from(this.line)
    this.line = []
    const text = line.toString('utf8')
    if (line[0] === 1 || line[0] === 2) return { kind: 'message', isFatal: line[0] === 2 }
    if (text === 'E') return { kind: 'leave' }
    if (/^T\d+ \d+ \d+ \d+$/.test(text)) return null
    const entry = /^([CD])[0-7]{3,5} (\d{1,15}) (.+)$/s.exec(text)
    if (!entry) throw new UnreadableScpError('a line that is no control line')
    const name = entry[3] ?? ''
    if (entry[1] === 'D') return { kind: 'enter', name }
    this.bytesLeft = Number(entry[2])
    this.state = this.bytesLeft > 0 ? 'bytes' : 'file-status'
    return { kind: 'file', name, size: this.bytesLeft }
  }
}
