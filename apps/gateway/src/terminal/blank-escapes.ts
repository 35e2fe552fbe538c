// ECMA-48: CSI sequences, OSC/DCS/APC/PM strings (bounded: an unclosed one hides at most 256 characters), two-character escapes.
const ESCAPES =
  /\x1b(?:\[[0-?]{0,64}[ -/]{0,8}[@-~]|[\]PX^_][^\x07\x1b]{0,256}(?:\x07|\x1b\\)?|[ -/]{0,4}[0-~])|[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]/g

/** Terminal text with its escape sequences blanked out, each offset kept, so that values can be found in it. Linear. */
export function blankEscapes(text: string): string {
  return text.replace(ESCAPES, (sequence) => ' '.repeat(sequence.length))
}
