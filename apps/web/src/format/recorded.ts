/** A stretch of recorded text: either harmless, or one control character written by its name. */
export type Stretch = { text: string; control: string | null }

const UNSAFE =
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]|[\u{e0000}-\u{e007f}]/gu

/**
 * Splits recorded text so that every control, bidirectional override and invisible character is seen and does nothing.
 * Tab and line feed stay: they lay text out. Lone surrogates become U+FFFD.
 */
export function splitControls(text: string): Stretch[] {
  const stretches: Stretch[] = []
  const safe = text.toWellFormed()
  let from = 0
  for (const match of safe.matchAll(UNSAFE)) {
    if (match.index > from) stretches.push({ text: safe.slice(from, match.index), control: null })
    stretches.push(picture(match[0]))
    from = match.index + match[0].length
  }
  if (from < safe.length) stretches.push({ text: safe.slice(from), control: null })
  return stretches
}

// Names rather than Unicode's control pictures: few fonts hold those.
const C0 = 'NUL SOH STX ETX EOT ENQ ACK BEL BS HT LF VT FF CR SO SI DLE DC1 DC2 DC3 DC4 NAK SYN ETB CAN EM SUB ESC FS GS RS US'.split(' ')

function picture(character: string): Stretch {
  const code = character.codePointAt(0) ?? 0
  const name = `U+${code.toString(16).toUpperCase().padStart(4, '0')}`
  return { text: `‹${C0[code] ?? (code === 0x7f ? 'DEL' : name)}›`, control: name }
}

/** Recorded text for places that take only a string (a title, an accessible name): no control survives, one line, bounded. */
export function plainRecorded(text: string, limit = 200): string {
  const line = splitControls(text.slice(0, limit * 2))
    .map((stretch) => stretch.text)
    .join('')
    .replace(/\s+/g, ' ')
    .trim()
  return line.length > limit ? `${line.slice(0, limit - 1)}…` : line
}
