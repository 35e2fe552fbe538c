/**
 * The size of a text in encoded JSON, in bytes; never too small (control characters count six, any unit above 0x7ff three).
 */
export function jsonSize(text: string): number {
  let size = 2
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at)
    if (unit < 32) size += 6
    else if (unit === 34 || unit === 92) size += 2
    else if (unit < 128) size += 1
    else size += unit < 2048 ? 2 : 3
  }
  return size
}

/** The longest start of a text whose encoded JSON takes at most `budget` bytes; never half a surrogate pair. */
export function fitText(text: string, budget: number): string {
  if (text.length * 6 + 2 <= budget) return text
  let size = 2
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at)
    size += unit < 32 ? 6 : unit === 34 || unit === 92 ? 2 : unit < 128 ? 1 : unit < 2048 ? 2 : 3
    if (size > budget) return text.slice(0, isHighSurrogate(text.charCodeAt(at - 1)) ? at - 1 : at)
  }
  return text
}

/** The longest end of a text whose encoded JSON takes at most `budget` bytes; never half a surrogate pair. */
export function fitTextEnd(text: string, budget: number): string {
  let size = 2
  for (let at = text.length - 1; at >= 0; at -= 1) {
    const unit = text.charCodeAt(at)
    size += unit < 32 ? 6 : unit === 34 || unit === 92 ? 2 : unit < 128 ? 1 : unit < 2048 ? 2 : 3
    if (size > budget) return text.slice(isHighSurrogate(unit) ? at + 2 : at + 1)
  }
  return text
}

const isHighSurrogate = (unit: number): boolean => unit >= 0xd800 && unit <= 0xdbff

/** The end of the last whole UTF-8 character in `bytes[start, end)`, for bytes that were cut at `end`. */
export function wholeCharacters(bytes: Buffer, start: number, end: number): number {
  for (let back = 1; back <= 3 && end - back >= start; back += 1) {
    const byte = bytes[end - back] as number
    if (byte < 0x80) return end
    if (byte < 0xc0) continue
    const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2
    return length > back ? end - back : end
  }
  return end
}
