import type { Duplex } from 'node:stream'
import type { SessionRecording, SpoolMark } from '../recording/session-recording.ts'
import type { BodyTally } from './body-tally.ts'
import type { AnswerHead, UpgradeTap } from './dialect.ts'
import type { Ending } from './exchange-recorder.ts'
import { endToEnd } from './header-fields.ts'
import { Passage } from './passage.ts'

/** An end that does not close when the other is gone is closed after this long. */
const LINGER_MS = 2000

export type BridgeOptions = {
  caller: Duplex
  target: Duplex
  tap: UpgradeTap
  recording: SessionRecording
  /** Bytes of each direction, after the heads. */
  tallies: { toTarget: BodyTally; toCaller: BodyTally }
  nowUs: () => number
  /** Called once. */
  onOver: (ending: Ending) => void
  onFault: (error: unknown) => void
}

/** An upgraded connection: bytes both ways, recorded before they go on. */
export class UpgradedBridge {
  private readonly toTarget: Passage
  private readonly toCaller: Passage
  private isOver = false
  private openEnds = 2

  constructor(private readonly options: BridgeOptions) {
    const { caller, target } = options
    this.toTarget = new Passage(caller, target)
    this.toCaller = new Passage(target, caller)
  }

  /** @param early bytes of the caller's that came with its request */
  begin(head: AnswerHead, mark: SpoolMark, early: Buffer): void {
    const { caller, target, recording } = this.options
    recording.release(mark, () => caller.write(switchingHead(head)))
    caller.on('error', () => {})
    caller.on('data', (chunk: Buffer) => this.guard(() => this.fromCaller(chunk)))
    target.on('data', (chunk: Buffer) => this.guard(() => this.fromTarget(chunk)))
    caller.on('end', () => recording.forward(() => target.end()))
    target.on('end', () => recording.release(recording.mark, () => caller.end()))
    for (const end of [caller, target]) end.on('close', () => this.closed(end === caller ? target : caller))
    if (early.length > 0) this.guard(() => this.fromCaller(early))
    caller.resume()
    target.resume()
  }

  /** The session ends at once: each end gets a last word where it can be had. */
  stop(message: string): void {
    this.part('stopped', message)
  }

  private fromCaller(chunk: Buffer): void {
    if (this.isOver) return
    const { tap, recording, tallies, nowUs } = this.options
    tallies.toTarget.add(chunk)
    const ready = tap.fromCaller(chunk, nowUs())
    if (ready.length > 0) {
      this.toTarget.hold(ready)
      recording.forward(() => this.toTarget.send(ready))
    }
    if (tap.violation !== null) this.part('violation', tap.violation)
  }

  private fromTarget(chunk: Buffer): void {
    if (this.isOver) return
    const { tap, recording, tallies, nowUs } = this.options
    const { mark } = recording
    tallies.toCaller.add(chunk)
    const ready = tap.fromTarget(chunk, nowUs())
    if (ready.length > 0) {
      this.toCaller.hold(ready)
      recording.release(mark, () => this.toCaller.send(ready))
    }
    if (tap.violation !== null) this.part('violation', tap.violation)
  }

  private part(why: 'violation' | 'stopped', message: string): void {
    if (this.isOver) return
    const { tap, caller, target, recording } = this.options
    const words = tap.lastWords(why, message)
    this.finish({ isComplete: false, message })
    if (why === 'violation') {
      // What was passed before is on its way through the recording, which may yet be stopped.
      recording.release(recording.mark, () => leave(caller, words.toCaller))
      recording.forward(() => leave(target, words.toTarget))
      for (const end of [caller, target]) lingers(end)
      return
    }
    // What was held back and is not sent any more may have been the rest of a message.
    leave(caller, this.toCaller.isEmpty ? words.toCaller : null)
    leave(target, this.toTarget.isEmpty ? words.toTarget : null)
  }

  private closed(other: Duplex): void {
    this.openEnds -= 1
    if (this.openEnds === 0 && !this.isOver) this.finish(null)
    // What was released to it may still be on its way out. Where the gateway parts them, it does so in its own order.
    else if (!this.isOver && !other.destroyed) leave(other, null)
  }

  private finish(ending: Omit<Ending, 'messages'> | null): void {
    this.isOver = true
    const { tap, nowUs, onOver } = this.options
    tap.end(nowUs())
    onOver({ ...(ending ?? tap.outcome), messages: tap.messages })
  }

  private guard(act: () => void): void {
    try {
      act()
    } catch (error) {
      this.isOver = true
      this.options.caller.destroy()
      this.options.target.destroy()
      this.options.onFault(error)
    }
  }
}

function leave(end: Duplex, word: Buffer | null): void {
  if (end.destroyed) return
  lingers(end)
  if (end.writable) end.end(word ?? undefined)
  end.resume()
}

function lingers(end: Duplex): void {
  const linger = setTimeout(() => end.destroy(), LINGER_MS)
  end.once('close', () => clearTimeout(linger))
}

function switchingHead({ status, fields }: AnswerHead): string {
  const passed = endToEnd(fields, ([name]) => name === 'content-length')
  const protocol = fields.first('upgrade') ?? 'websocket'
  let head = `HTTP/1.1 ${status} Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: ${protocol}\r\n`
  for (let i = 0; i + 1 < passed.length; i += 2) head += `${passed[i]}: ${passed[i + 1]}\r\n`
  return `${head}\r\n`
}
