import { blankEscapes } from './blank-escapes.ts'

/** Typed characters that stay unseen for this long were typed without echo. */
export const ECHO_WITHIN_US = 500_000

const SECRET_PROMPT = /(?:pass(?:word|phrase|code|wd)|\bpin|secret|verification code|one-time|otp|token)\b[^\r\n]{0,160}[:>?]\s*$/i
const TAIL_CHARACTERS = 256
const MAX_UNSEEN = 256

/**
 * Tells whether what is typed into a terminal is echoed, from the two streams alone: the terminal's modes live at the
 * target. Input must be appended before it is forwarded, so the answer can only use what came before:
 * - the output ends in a prompt for a secret, and nothing typed at it has been echoed; or
 * - characters typed earlier on this line were not shown within ECHO_WITHIN_US.
 * Limits: without a prompt that is known, the first characters of a secret count as echoed, and so does a secret
 * that arrives in one piece with its Enter; a prompt for a secret that does echo is noticed after its first character.
 */
export class EchoJudge {
  private unseen: number[] = []
  private unseenSinceUs = 0
  private isHidden = false
  private tail = ''

  /** @returns whether this input is echoed */
  typed(bytes: Buffer, nowUs: number): boolean {
    if (!this.isHidden) this.isHidden = SECRET_PROMPT.test(this.tail) || this.isOverdue(nowUs)
    const isEchoed = !this.isHidden
    for (const byte of bytes) this.take(byte, nowUs)
    return isEchoed
  }

  shown(bytes: Buffer): void {
    this.forgetSeen(bytes)
    const text = blankEscapes(bytes.subarray(-1024).toString('latin1'))
    const lastLine = text.slice(Math.max(text.lastIndexOf('\r'), text.lastIndexOf('\n')) + 1)
    const isNewLine = lastLine.length < text.length
    this.tail = (isNewLine ? lastLine : this.tail + lastLine).slice(-TAIL_CHARACTERS)
  }

  private isOverdue(nowUs: number): boolean {
    return this.unseen.length > 0 && nowUs - this.unseenSinceUs > ECHO_WITHIN_US
  }

  private take(byte: number, nowUs: number): void {
    if (isLineEnd(byte)) {
      this.unseen = []
      this.isHidden = false
      this.tail = ''
    } else if (byte >= 0x20 && byte !== 0x7f && this.unseen.length < MAX_UNSEEN) {
      if (this.unseen.length === 0) this.unseenSinceUs = nowUs
      this.unseen.push(byte)
    }
  }

  // An echo begins with the character that waits first; a line editor may show more of them at once.
  private forgetSeen(bytes: Buffer): void {
    let seen = 0
    for (const byte of bytes) {
      if (seen < this.unseen.length && byte === this.unseen[seen]) seen += 1
      else if (seen > 0) break
      if (seen === 0 && byte >= 0x20 && byte !== 0x5b) break
    }
    if (seen === 0) return
    this.unseen.splice(0, seen)
    this.isHidden = false
  }
}

/** Enter, and the keys that give a line up: ^C, ^D, ^U. */
function isLineEnd(byte: number): boolean {
  return byte === 0x0d || byte === 0x0a || byte === 0x03 || byte === 0x04 || byte === 0x15
}
