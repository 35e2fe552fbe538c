import { type Bytes, decodeBytes } from '@hoptrace/events'

/**
 * Decodes UTF-8 that arrives in pieces: a character split between two is given with the second.
 * Invalid bytes become U+FFFD as the WHATWG Encoding Standard says, whichever way the stream was cut.
 */
export class Utf8Stream {
  private held = Buffer.alloc(0)

  /** True when no character is half read. */
  get isWhole(): boolean {
    return this.held.length === 0
  }

  decode(bytes: Buffer): string {
    const joined = this.held.length === 0 ? bytes : Buffer.concat([this.held, bytes])
    const whole = joined.length - unfinishedTail(joined)
    this.held = Buffer.from(joined.subarray(whole))
    return joined.toString('utf8', 0, whole)
  }

  /** Recorded text is whole already, unless what came before it is not. */
  decodeRecorded(bytes: Bytes): string {
    return 'utf8' in bytes && this.isWhole ? bytes.utf8 : this.decode(decodeBytes(bytes))
  }

  /** The stream ended: what is held can no longer become a character. */
  end(): string {
    const rest = this.held.toString('utf8')
    this.held = Buffer.alloc(0)
    return rest
  }
}

/** Bytes at the end that could be the beginning of one character: 0 to 3. */
function unfinishedTail(bytes: Buffer): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back += 1) {
    const byte = bytes[bytes.length - back] ?? 0
    if (byte < 0x80) return 0
    if (byte >= 0xc0) return sequenceLength(byte) > back ? back : 0
  }
  return 0
}

function sequenceLength(lead: number): number {
  if (lead < 0xc2 || lead > 0xf4) return 1
  if (lead < 0xe0) return 2
  return lead < 0xf0 ? 3 : 4
}

/** Cuts text where no surrogate pair is split: pieces of at most `maxUnits` UTF-16 units, at least one piece. */
export function* pieces(text: string, maxUnits: number): Generator<string> {
  let from = 0
  do {
    let to = Math.min(text.length, from + maxUnits)
    if (to < text.length && isHighSurrogate(text.charCodeAt(to - 1))) to -= 1
    yield text.slice(from, to)
    from = to
  } while (from < text.length)
}

function isHighSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdbff
}
