/**
 * Pseudo-random numbers for the generator: sfc32 (Chris Doty-Humphrey, PractRand), seeded by splitmix32 over a label.
 * The same label gives the same numbers on every machine.
 */
export class Random {
  private readonly state: Uint32Array

  constructor(readonly label: string) {
    let mixed = 0x9e3779b9
    for (let at = 0; at < label.length; at++) mixed = Math.imul(mixed ^ label.charCodeAt(at), 0x85ebca6b) >>> 0
    const next = () => {
      mixed = (mixed + 0x9e3779b9) >>> 0
      const first = Math.imul(mixed ^ (mixed >>> 16), 0x21f0aaad)
      const second = Math.imul(first ^ (first >>> 15), 0x735a2d97)
      return (second ^ (second >>> 15)) >>> 0
    }
    this.state = Uint32Array.of(next(), next(), next(), next())
    for (let round = 0; round < 12; round++) this.next32()
  }

  /** Numbers of their own, whatever else was drawn: one part of a fleet can change and leave the others as they are. */
  for(part: string): Random {
    return new Random(`${this.label}/${part}`)
  }

  /** From 0 up to 1, without it. */
  fraction(): number {
    return this.next32() / 2 ** 32
  }

  chance(probability: number): boolean {
    return this.fraction() < probability
  }

  /** A whole number; both ends are included. */
  between(least: number, most: number): number {
    return least + Math.floor(this.fraction() * (most - least + 1))
  }

  /** @throws RangeError of an empty list */
  pick<T>(items: readonly T[]): T {
    const item = items[Math.floor(this.fraction() * items.length)]
    if (item === undefined) throw new RangeError('nothing to pick from')
    return item
  }

  shuffled<T>(items: readonly T[]): T[] {
    const mixed = [...items]
    for (let at = mixed.length - 1; at > 0; at--) {
      const other = this.between(0, at)
      const [a, b] = [mixed[at], mixed[other]]
      if (a === undefined || b === undefined) continue
      mixed[at] = b
      mixed[other] = a
    }
    return mixed
  }

  some<T>(items: readonly T[], count: number): T[] {
    return this.shuffled(items).slice(0, count)
  }

  bytes(count: number): Buffer {
    return Buffer.from(Array.from({ length: count }, () => this.next32() & 255))
  }

  text(length: number, alphabet = LETTERS): string {
    return Array.from({ length }, () => alphabet[this.between(0, alphabet.length - 1)]).join('')
  }

  private next32(): number {
    const s = this.state
    const [a = 0, b = 0, c = 0, counter = 0] = s
    const sum = (((a + b) >>> 0) + counter) >>> 0
    s[3] = counter + 1
    s[0] = b ^ (b >>> 9)
    s[1] = c + (c << 3)
    s[2] = ((c << 21) | (c >>> 11)) + sum
    return sum
  }
}

const LETTERS = 'abcdefghijklmnopqrstuvwxyz0123456789'
