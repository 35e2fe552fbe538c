const SWITCH = /\x1b\[\?(?:1049|1047|47)([hl])/g
const LONGEST = 8

/** Follows whether a program has the screen for itself (xterm, modes 47, 1047 and 1049): an editor, a pager. Its keys are no commands. */
export class AlternateScreen {
  isOn = false
  /** A switch may lie across two pieces. */
  private tail = ''

  shown(bytes: Buffer): void {
    const { tail } = this
    this.tail = (tail + bytes.subarray(1 - LONGEST).toString('latin1')).slice(1 - LONGEST)
    if (!tail.includes('\x1b') && !bytes.includes('\x1b[?')) return
    for (const [, set] of (tail + bytes.toString('latin1')).matchAll(SWITCH)) this.isOn = set === 'h'
  }
}
