import { z } from 'zod'

/**
 * The streams of `v4.channel.k8s.io` and `v5.channel.k8s.io` (k8s.io/apimachinery, pkg/util/remotecommand): the first byte
 * of each WebSocket message names one, the rest is its content.
 */
export const Channel = { stdin: 0, stdout: 1, stderr: 2, error: 3, resize: 4, close: 255 } as const

/** `Status` on the channel of errors: how the program ended, in as much as is recorded. */
export type ExecStatus = { status: 'Success' | 'Failure' | null; reason: string | null; message: string | null; exitCode: number | null }

export type ChannelPart =
  | { kind: 'stdin' | 'stdout' | 'stderr'; bytes: Buffer }
  | { kind: 'resize'; cols: number; rows: number }
  | { kind: 'status'; status: ExecStatus }
  /** No more input comes (v5). */
  | { kind: 'endOfInput' }

/** What is not a stream of bytes is small. */
const MAX_GATHERED = 64 * 1024
const MAX_TEXT = 2048
const MAX_SIZE = 65_535

const Size = z.object({ Width: z.int().min(0).max(MAX_SIZE), Height: z.int().min(0).max(MAX_SIZE) })
const Cause = z.looseObject({ reason: z.string().optional(), message: z.string().optional() })
const Status = z.looseObject({
  status: z.enum(['Success', 'Failure']),
  reason: z.string().optional(),
  message: z.string().optional(),
  details: z.looseObject({ causes: z.array(Cause).optional() }).optional(),
})

/** Reads the messages of one direction, frame by frame. Pure. */
export class ChannelReader {
  /** What was wrong; nothing is read any more after it. */
  violation: string | null = null
  private channel: number | null = null
  private gathered: Buffer[] = []
  private gatheredBytes = 0

  /** @param version of the subprotocol: from 5 on the caller can close its input */
  constructor(
    private readonly from: 'caller' | 'target',
    private readonly version: 4 | 5,
  ) {}

  /** The content of a data frame. A message may be split anywhere, before the byte that names its channel too. */
  take(payload: Buffer, isFirst: boolean, isFinal: boolean): ChannelPart | null {
    if (this.violation !== null) return null
    if (isFirst) this.begin()
    let content = payload
    if (this.channel === null && payload.length > 0) {
      this.channel = payload[0] ?? 0
      content = payload.subarray(1)
      if (!this.isKnown(this.channel))
        return this.fail(`a message on channel ${this.channel} of ${this.from === 'caller' ? 'a caller' : 'a target'}`)
    }
    const part = this.partOf(content, isFinal)
    if (isFinal) this.begin()
    return part
  }

  private begin(): void {
    this.channel = null
    this.gathered = []
    this.gatheredBytes = 0
  }

  private isKnown(channel: number): boolean {
    if (this.from === 'target') return channel >= Channel.stdout && channel <= Channel.error
    return channel === Channel.stdin || channel === Channel.resize || (channel === Channel.close && this.version === 5)
  }

  private partOf(content: Buffer, isFinal: boolean): ChannelPart | null {
    switch (this.channel) {
      case Channel.stdin:
        return content.length > 0 ? { kind: 'stdin', bytes: content } : null
      case Channel.stdout:
        return content.length > 0 ? { kind: 'stdout', bytes: content } : null
      case Channel.stderr:
        return content.length > 0 ? { kind: 'stderr', bytes: content } : null
      default:
        return this.gather(content, isFinal)
    }
  }

  private gather(content: Buffer, isFinal: boolean): ChannelPart | null {
    this.gatheredBytes += content.length
    if (this.gatheredBytes > MAX_GATHERED) return this.fail(`a message on channel ${this.channel} is too long`)
    this.gathered.push(content)
    if (!isFinal || this.gatheredBytes === 0) return null
    const whole = Buffer.concat(this.gathered)
    if (this.channel === Channel.error) return { kind: 'status', status: readStatus(whole) }
    if (this.channel === Channel.close) return whole[0] === Channel.stdin ? { kind: 'endOfInput' } : null
    return this.channel === Channel.resize ? this.resize(whole) : null
  }

  private resize(content: Buffer): ChannelPart | null {
    const size = Size.safeParse(jsonOf(content))
    if (!size.success) return this.fail('a terminal size that cannot be read')
    return { kind: 'resize', cols: size.data.Width, rows: size.data.Height }
  }

  private fail(violation: string): null {
    this.violation = violation
    return null
  }
}

/** What the target says of the end; what cannot be read is kept as its message. */
export function readStatus(content: Buffer): ExecStatus {
  const read = Status.safeParse(jsonOf(content))
  if (!read.success)
    return { status: null, reason: null, message: content.toString('utf8').slice(0, MAX_TEXT).toWellFormed(), exitCode: null }
  const { status, reason, message, details } = read.data
  const cause = details?.causes?.find((one) => one.reason === 'ExitCode')
  const code = status === 'Success' ? 0 : Number.parseInt(cause?.message ?? '', 10)
  return {
    status,
    reason: reason?.slice(0, MAX_TEXT).toWellFormed() ?? null,
    message: message?.slice(0, MAX_TEXT).toWellFormed() ?? null,
    exitCode: Number.isSafeInteger(code) ? code : null,
  }
}

function jsonOf(content: Buffer): unknown {
  try {
    return JSON.parse(content.toString('utf8'))
  } catch {
    return undefined
  }
}
