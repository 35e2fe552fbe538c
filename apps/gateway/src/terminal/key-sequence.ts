/**
 * What a byte from a keyboard is: a key of its own, a part of an escape sequence that means nothing for the line
 * (a terminal's answer, the ends of a paste), or the end of one that moves in the line or brings another.
 */
export type KeyKind = 'key' | 'silent' | 'moves'

const ESC = 0x1b
const MAX_PARAMETERS = 32
/** Answers to what the target asked of the terminal (ECMA-48; xterm's ctlseqs): its kind, its state, the cursor's place, focus, size. */
const ANSWERS = 'cnRIOt'

/** Follows the escape sequences that keys send, byte by byte, and the brackets around what is pasted (xterm, bracketed paste mode). */
export class KeySequence {
  /** Is what comes now pasted? Its line ends are then a part of the line. */
  isPasting = false
  private state: 'ground' | 'escape' | 'csi' | 'ss3' | 'string' = 'ground'
  private parameters = ''

  take(byte: number): KeyKind {
    if (byte === ESC) return this.escape()
    switch (this.state) {
      case 'ground':
        return 'key'
      case 'escape':
        return this.afterEscape(byte)
      case 'csi':
        return this.inSequence(byte)
      case 'ss3':
        this.state = 'ground'
        return 'moves'
      case 'string':
        if (byte === 0x07 || byte === 0x0d) this.state = 'ground'
        return byte === 0x0d ? 'key' : 'silent'
    }
  }

  private escape(): KeyKind {
    this.state = 'escape'
    return 'silent'
  }

  private afterEscape(byte: number): KeyKind {
    const mark = String.fromCharCode(byte)
    this.parameters = ''
    this.state = mark === '[' ? 'csi' : mark === 'O' ? 'ss3' : ']P_^'.includes(mark) ? 'string' : 'ground'
    if (this.state !== 'ground' || mark === '\\') return 'silent'
    // Enter after Escape is Enter to a terminal that is not read by a line editor.
    return byte === 0x0d || byte === 0x0a ? 'key' : 'moves'
  }

  private inSequence(byte: number): KeyKind {
    if (byte < 0x40 || byte > 0x7e) {
      if (byte < 0x20) return this.brokenBy()
      if (this.parameters.length < MAX_PARAMETERS) this.parameters += String.fromCharCode(byte)
      return 'silent'
    }
    this.state = 'ground'
    const final = String.fromCharCode(byte)
    if (final === '~' && this.parameters === '200') this.isPasting = true
    else if (final === '~' && this.parameters === '201') this.isPasting = false
    else if (!ANSWERS.includes(final)) return 'moves'
    return 'silent'
  }

  private brokenBy(): KeyKind {
    this.state = 'ground'
    return 'key'
  }
}
