import { StringDecoder } from 'node:string_decoder'

/** Of a line that grows past this nothing is read. */
const MAX_CELLS = 1024
/** Nor where so much of it comes at once. */
const MAX_UNITS = 4096
const NEWLINE = 0x0a
const SEQUENCE = /^\x1b(?:\[([0-?]{0,32})[ -/]{0,4}([@-~])|[\]PX^_][^\x07\x1b]{0,512}(?:\x07|\x1b\\)|[ -/]{0,4}[0-Z\\^-~])/
const UNFINISHED = /^\x1b(?:\[[0-?]{0,32}[ -/]{0,4}|[\]PX^_][^\x07\x1b]{0,512}\x1b?|[ -/]{0,4})?$/
/** Parts of a line that no sequence is in are taken whole. */
const PLAIN = /^[^\x00-\x1f\x7f]+/

/**
 * The last line of a terminal's output as it looks, however a line editor drew it (ECMA-48, one row).
 * What goes to another row is not followed: the line then cannot be read until the next begins.
 */
export class ShownLine {
  private cells: string[] = []
  private cursor = 0
  private isReadable = true
  private held = ''
  private decoder = new StringDecoder('utf8')

  /** @returns whether a line ended in these bytes; `onEnd` hears the first as it was then */
  feed(bytes: Buffer, onEnd?: (line: string | null) => void): void {
    const first = onEnd ? bytes.indexOf(NEWLINE) : -1
    if (first >= 0) {
      this.draw(this.decoder.write(bytes.subarray(0, first)))
      onEnd?.(this.text)
    }
    const last = bytes.lastIndexOf(NEWLINE)
    if (last >= 0) this.begin()
    this.draw(this.decoder.write(bytes.subarray(last + 1)))
  }

  /** Null where it cannot be read. */
  get text(): string | null {
    return this.isReadable ? this.cells.join('') : null
  }

  private begin(): void {
    this.cells = []
    this.cursor = 0
    this.isReadable = true
    this.held = ''
    this.decoder = new StringDecoder('utf8')
  }

  private draw(text: string) {
    if (!this.isReadable || text === '') return
    if (text.length > MAX_UNITS) return this.giveUp()
    const all = this.held + text
    this.held = ''
    for (let at = 0; at < all.length && this.isReadable; ) at += this.step(all, at)
  }

  /** @returns how many units it took */
  private step(text: string, at: number): number {
    const rest = text.slice(at, at + 600)
    if (rest.startsWith('\x1b')) return this.sequence(rest)
    const plain = PLAIN.exec(rest)?.[0]
    if (plain === undefined) return this.control(rest.charAt(0))
    for (const character of plain) this.put(character)
    return plain.length
  }

  private sequence(rest: string): number {
    const found = SEQUENCE.exec(rest)
    if (found) {
      if (found[2] !== undefined) this.csi(found[1] ?? '', found[2])
      return found[0].length
    }
    if (UNFINISHED.test(rest)) this.held = rest
    else this.giveUp()
    return rest.length
  }

  private put(character: string) {
    if (this.cursor >= MAX_CELLS) return this.giveUp()
    while (this.cells.length < this.cursor) this.cells.push(' ')
    this.cells[this.cursor] = character
    this.cursor += 1
  }

  private control(character: string): number {
    if (character === '\b') this.cursor = Math.max(0, this.cursor - 1)
    else if (character === '\r') this.cursor = 0
    else if (character === '\t') this.cursor += 8 - (this.cursor % 8)
    else if (character === '\v' || character === '\f') this.giveUp()
    return 1
  }

  private csi(parameters: string, final: string): void {
    const count = Math.min(MAX_CELLS, Math.max(1, Number.parseInt(parameters, 10) || 1))
    if (final === 'C') this.cursor = Math.min(MAX_CELLS, this.cursor + count)
    else if (final === 'D') this.cursor = Math.max(0, this.cursor - count)
    else if (final === 'G') this.cursor = count - 1
    else if (final === 'P') this.cells.splice(this.cursor, count)
    else if (final === '@') this.insert(count)
    else if (final === 'X') this.cells.fill(' ', this.cursor, this.cursor + count)
    else if (final === 'K' || final === 'J') this.erase(parameters)
    // Colours, modes and reports draw nothing; the others leave the row.
    else if (!'mhlncqtu'.includes(final)) this.giveUp()
  }

  private insert(count: number): void {
    this.cells.splice(this.cursor, 0, ...Array<string>(count).fill(' '))
    if (this.cells.length > MAX_CELLS) this.giveUp()
  }

  private erase(parameters: string): void {
    if (parameters === '' || parameters === '0') this.cells.length = Math.min(this.cells.length, this.cursor)
    else if (parameters === '1') this.cells.fill(' ', 0, this.cursor + 1)
    else this.cells = []
  }

  private giveUp(): void {
    this.isReadable = false
    this.cells = []
    this.held = ''
  }
}
