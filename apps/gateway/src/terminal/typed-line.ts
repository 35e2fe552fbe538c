/** A line longer than this is scanned up to here. */
const MAX_LINE_BYTES = 8192

export type FinishedLine = { text: string; isSecret: boolean; isWithinOneInput: boolean; offset: number }

/** Gathers the line that is being typed, with the simplest editing keys: what a reader of the keys would say was entered. */
export class TypedLine {
  private bytes: number[] = []
  private isSecret = false
  private isContinued = false

  /** @returns the lines that this input finished; offsets count bytes in it */
  take(input: Buffer, isEchoed: boolean): FinishedLine[] {
    const lines: FinishedLine[] = []
    let start = 0
    for (let at = 0; at < input.length; at += 1) {
      const byte = input[at] ?? 0
      if (!isEchoed) this.isSecret = true
      if (byte !== 0x0d && byte !== 0x0a) this.edit(byte)
      else {
        lines.push({ text: this.text(), isSecret: this.isSecret, isWithinOneInput: !this.isContinued, offset: start })
        this.reset()
        start = at + 1
      }
    }
    this.isContinued = start < input.length || (this.isContinued && start === 0)
    return lines.filter((line) => line.text !== '')
  }

  private text(): string {
    return Buffer.from(this.bytes).toString('utf8')
  }

  private edit(byte: number): void {
    if (byte === 0x7f || byte === 0x08) this.bytes.pop()
    else if (byte === 0x15 || byte === 0x03) this.reset()
    else if (byte >= 0x20 && this.bytes.length < MAX_LINE_BYTES) this.bytes.push(byte)
  }

  private reset(): void {
    this.bytes = []
    this.isSecret = false
    this.isContinued = false
  }
}
