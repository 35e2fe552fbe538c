import { printable } from '@hoptrace/events'

// ECMA-48: CSI with its parameters; OSC, DCS, APC, PM and SOS up to their terminator; then two- and three-byte sequences.
const SEQUENCES = /\u001b(?:\[[0-?]*[ -/]*[@-~]|[\]PX^_][^\u0007\u001b]*(?:\u0007|\u001b\\)|[ -/]+[0-~]|[0-~])/g

/** Terminal output without what moves cursors and colours text: safe to print, and readable. */
export function plainText(text: string): string {
  return printable(
    text
      .replaceAll(SEQUENCES, '')
      .replaceAll(/\r+\n/g, '\n')
      .replaceAll(/[\r\b\u0007]/g, ''),
  )
}
