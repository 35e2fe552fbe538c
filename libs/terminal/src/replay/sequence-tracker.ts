/** Where a terminal's parser stands between two characters. Only `ground` is outside of any sequence. */
type State = 'ground' | 'escape' | 'intermediate' | 'control' | 'string' | 'command'

const LEAVES_GROUND = /[\x1b\x80-\x9f]/g
const LEAVES_STRING = /[\x18\x1a\x1b\x80-\x9f]/g
const LEAVES_COMMAND = /[\x07\x18\x1a\x1b\x80-\x9f]/g
const SKIPS: Partial<Record<State, RegExp>> = { ground: LEAVES_GROUND, string: LEAVES_STRING, command: LEAVES_COMMAND }

/**
 * Follows escape sequences through text, far enough to tell whether it could be cut here without splitting one.
 * After Paul Williams' parser for DEC terminals (vt100.net/emu/dec_ansi_parser) with C1 controls as characters, and BEL
 * ending an operating system command as in xterm. Bytes to the end of a sequence are bounded by nothing: nothing is held.
 */
export class SequenceTracker {
  private state: State = 'ground'

  get isGround(): boolean {
    return this.state === 'ground'
  }

  feed(text: string): void {
    for (let at = 0; at < text.length; at += 1) {
      const skip = SKIPS[this.state]
      if (skip) {
        skip.lastIndex = at
        const found = skip.exec(text)
        if (found === null) return
        at = found.index
      }
      this.state = next(this.state, text.charCodeAt(at))
    }
  }

  /** Feeds, and gives back what stands outside of sequences: text and C0 controls. */
  visible(text: string): string {
    let shown = ''
    for (let at = 0; at < text.length; at += 1) {
      if (this.state === 'ground') {
        LEAVES_GROUND.lastIndex = at
        const end = LEAVES_GROUND.exec(text)?.index ?? text.length
        shown += text.slice(at, end)
        at = end
      }
      if (at < text.length) this.state = next(this.state, text.charCodeAt(at))
    }
    return shown
  }
}

function next(state: State, code: number): State {
  if (code === 0x1b) return 'escape'
  if (code === 0x18 || code === 0x1a) return 'ground'
  if (code >= 0x80 && code <= 0x9f) return afterC1(code)
  // Characters beyond C1 count as a letter.
  const letter = code >= 0xa0 ? 0x41 : code
  if (state === 'escape') return afterEscape(letter)
  if (state === 'intermediate') return letter >= 0x30 && letter <= 0x7e ? 'ground' : state
  if (state === 'control') return letter >= 0x40 && letter <= 0x7e ? 'ground' : state
  if (state === 'command' && code === 0x07) return 'ground'
  return state
}

function afterC1(code: number): State {
  if (code === 0x9b) return 'control'
  if (code === 0x9d) return 'command'
  return code === 0x90 || code === 0x98 || code === 0x9e || code === 0x9f ? 'string' : 'ground'
}

function afterEscape(letter: number): State {
  if (letter < 0x20 || letter === 0x7f) return 'escape'
  if (letter <= 0x2f) return 'intermediate'
  if (letter === 0x5b) return 'control'
  if (letter === 0x5d) return 'command'
  // P (DCS), X (SOS), ^ (PM) and _ (APC)
  return letter === 0x50 || letter === 0x58 || letter === 0x5e || letter === 0x5f ? 'string' : 'ground'
}
