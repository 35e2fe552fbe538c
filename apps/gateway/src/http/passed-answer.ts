import type { IncomingMessage, ServerResponse } from 'node:http'
import type { SessionRecording, SpoolMark } from '../recording/session-recording.ts'
import type { AnswerHead } from './dialect.ts'
import { endToEnd } from './header-fields.ts'
import { HIGH_BYTES, LOW_BYTES } from './limits.ts'
import { endLater } from './own-answer.ts'

export type PassedHead = {
  head: AnswerHead
  statusText: string
  /** Bytes of the body, where they are known and the head does not say. */
  length: number | null
  /** Will bytes of the request be left unread? */
  isUnread: boolean
}

const ONE_WRITE_BYTES = 16 * 1024

/** What the caller gets of the target's answer: released in order, and no faster than the caller reads. */
export class PassedAnswer {
  /** Did the caller get anything? Then nothing but the rest of it may follow. */
  hasBegun = false
  private held = 0
  private isBlocked = false

  constructor(
    private readonly req: IncomingMessage,
    private readonly res: ServerResponse,
    private readonly recording: SessionRecording,
    private readonly source: { pause(): void; resume(): void },
  ) {}

  /** An answer that is all there. */
  whole(passed: PassedHead, body: Buffer, mark: SpoolMark, then: () => void): void {
    this.recording.release(mark, () => {
      if (this.writeHead(passed)) {
        if (!passed.isUnread) this.endWith(body)
        else {
          this.res.write(body)
          endLater(this.req, this.res)
        }
      }
      then()
    })
  }

  begin(passed: PassedHead, body: Buffer, mark: SpoolMark): void {
    this.res.on('drain', () => this.ease())
    this.recording.release(mark, () => {
      if (!this.writeHead(passed)) return
      if (body.length > 0) this.res.write(body)
      else this.res.flushHeaders()
    })
  }

  send(chunk: Buffer, mark: SpoolMark): void {
    this.held += chunk.length
    this.recording.release(mark, () => {
      this.held -= chunk.length
      if (!this.res.destroyed) this.res.write(chunk)
      this.ease()
    })
    this.block(this.held + this.res.writableLength)
  }

  /** Says how many bytes wait elsewhere. */
  block(waiting: number): void {
    if (this.isBlocked || waiting <= HIGH_BYTES) return
    this.isBlocked = true
    this.source.pause()
  }

  end(mark: SpoolMark, then: () => void): void {
    this.recording.release(mark, () => {
      this.res.end()
      then()
    })
  }

  /** Closes the connection, so that the caller sees that this is not all. */
  breakOff(mark: SpoolMark, then: () => void): void {
    this.recording.release(mark, () => {
      this.res.destroy()
      then()
    })
  }

  /** Ends at once, with a last word where nothing that comes before it is held back; else so that the caller sees that this is not all. */
  leave(word: Buffer | null): void {
    if (word === null || this.held > 0) this.res.destroy()
    else this.res.end(word)
  }

  /** Reads on, once as little waits as may. */
  ease(): void {
    if (!this.isBlocked || this.held + this.res.writableLength > LOW_BYTES) return
    this.isBlocked = false
    this.source.resume()
  }

  // Node.js puts a short text and the head before it in one write, where bytes would take two.
  private endWith(body: Buffer): void {
    if (body.length > 0 && body.length <= ONE_WRITE_BYTES) this.res.end(body.toString('latin1'), 'latin1')
    else this.res.end(body)
  }

  // What Node.js cannot write as a head ends the connection: part of it may be out.
  private writeHead({ head, statusText, length, isUnread }: PassedHead): boolean {
    const { res } = this
    if (res.destroyed || res.headersSent) return false
    this.hasBegun = true
    const { status, fields } = head
    const headers = endToEnd(fields, ([name]) => status === 204 && name === 'content-length')
    if (length !== null) headers.push('Content-Length', `${length}`)
    if (isUnread) headers.push('Connection', 'close')
    res.sendDate = false
    try {
      res.writeHead(status, printableStatus(statusText), headers)
      return true
    } catch {
      res.destroy()
      return false
    }
  }
}

function printableStatus(text: string): string {
  return /^[\t\x20-\x7e\x80-\xff]*$/.test(text) ? text : ''
}
