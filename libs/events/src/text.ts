// C0 and C1 controls except tab and line feed, bidirectional overrides, and what hides in a line.
const UNSAFE = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g

/** Recorded text, safe to print: controls become U+FFFD. Recorded content itself is never altered, only what is shown or extracted. */
export function printable(text: string): string {
  return text.toWellFormed().replace(UNSAFE, '\ufffd')
}

/** Bytes as text for a text field of an event: invalid UTF-8 becomes U+FFFD, so keep the bytes beside it where they are evidence. */
export function lossyText(bytes: Buffer): string {
  return bytes.toString('utf8')
}
