const SWITCH = /\x1b\[\?(?:1049|1047|47)([hl])/g
const LONGEST = 8

/** Follows whether a program has the screen for itself (xterm, modes 47, 1047 and 1049): an editor, a pager. Its keys are no commands. */
export class AlternateScreen {
  isOn = false
  private tail = ''

  shown(bytes: Buffer): void {
    if (!this.tail.includes('\x1b') && !bytes.includes(0x1b)) return
    const text = this.tail + bytes.toString('latin1')
    this.tail = text.slice(-LONGEST + 1)
    for (const [, set] of text.matchAll(SWITCH)) this.isOn = set === 'h'
  }
}
