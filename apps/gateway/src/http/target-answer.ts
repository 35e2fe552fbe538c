import type { Duplex } from 'node:stream'
import type { Dispatcher } from 'undici'
import { answerFields, isBodiless } from './answer-fields.ts'
import { BodyPrefix } from './body-prefix.ts'
import { BodyTally } from './body-tally.ts'
import type { AnswerHead, Refusal } from './dialect.ts'
import { faultOf } from './target-fault.ts'

/** What the exchange hears of its target's answer. */
export interface AnswerListener {
  /** The head came. @returns whether the body is sampled first; otherwise the answer is ready at once */
  onHead(head: AnswerHead): boolean
  /** As much as is sampled came. */
  onReady(): void
  /** Of what came after that. */
  onMore(chunk: Buffer): void
  /** The last byte came after the answer was ready. */
  onWhole(): void
  onUpgrade(head: AnswerHead, socket: Duplex): void
  onFault(fault: Refusal): void
}

const OVER = 'the exchange is over'
const TOO_MANY: Refusal = { status: 502, reason: 'target-malformed', detail: "the target's answer has too many header fields" }

/** A target's answer as undici hands it over: sampled first, counted and digested all along. */
export class TargetAnswer implements Dispatcher.DispatchHandler {
  readonly tally = new BodyTally()
  readonly prefix: BodyPrefix
  head: AnswerHead | null = null
  statusText = ''
  /** Did all of it come? */
  isWhole = false
  private controller: Dispatcher.DispatchController | null = null
  private isAborted = false
  private isReady = false

  constructor(
    private readonly method: string,
    private readonly listener: AnswerListener,
  ) {
    this.prefix = new BodyPrefix(() => this.ready())
  }

  /** Ends the request at the target. The listener hears nothing more. */
  abort(): void {
    if (this.isAborted) return
    this.isAborted = true
    this.prefix.cancel()
    if (!this.isWhole) this.controller?.abort(new Error(OVER))
  }

  pause(): void {
    this.controller?.pause()
  }

  resume(): void {
    this.controller?.resume()
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.controller = controller
    if (this.isAborted) controller.abort(new Error(OVER))
  }

  onResponseStart(controller: Dispatcher.DispatchController, status: number, _headers: unknown, statusText?: string): void {
    // Interim answers (RFC 9110, 15.2) are not recorded, and so not passed on.
    if (status < 200 || this.isAborted) return
    const fields = answerFields(controller.rawHeaders)
    if (fields === null) return void this.fail(TOO_MANY)
    this.head = { status, fields }
    this.statusText = statusText ?? ''
    const isSampled = this.listener.onHead(this.head)
    if (!isSampled) return void this.prefix.settle()
    if (!isBodiless(this.method, status)) this.prefix.start()
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.isAborted) return
    this.tally.add(chunk)
    if (this.isReady) this.listener.onMore(chunk)
    else this.prefix.add(chunk)
  }

  onResponseEnd(): void {
    if (this.isAborted) return
    this.isWhole = true
    if (this.isReady) this.listener.onWhole()
    else this.prefix.settle()
  }

  onRequestUpgrade(controller: Dispatcher.DispatchController, status: number, _headers: unknown, socket: Duplex): void {
    if (this.isAborted) return void socket.destroy()
    const fields = answerFields(controller.rawHeaders)
    if (fields === null) {
      socket.destroy()
      return void this.listener.onFault(TOO_MANY)
    }
    this.head = { status, fields }
    this.listener.onUpgrade(this.head, socket)
  }

  onResponseError(_controller: Dispatcher.DispatchController | null, error: Error): void {
    if (this.isAborted) return
    if (this.isBodilessByRight(error)) return void this.onResponseEnd()
    this.prefix.cancel()
    this.listener.onFault(faultOf(error))
  }

  // The length that a 304 states is that of the body which it leaves out (RFC 9110, 8.6); undici takes it for its own.
  private isBodilessByRight(error: Error): boolean {
    const isLength = 'code' in error && error.code === 'UND_ERR_RES_CONTENT_LENGTH_MISMATCH'
    return isLength && this.head !== null && isBodiless(this.method, this.head.status) && this.tally.bytes === 0
  }

  private fail(fault: Refusal): void {
    this.abort()
    this.listener.onFault(fault)
  }

  private ready(): void {
    this.isReady = true
    this.listener.onReady()
  }
}
