import { printable } from '@hoptrace/events'

/** Text that is HTML already. Only the tag below makes it. */
export class Html {
  constructor(readonly text: string) {}
}

type Piece = Html | string | number | null | undefined | false | readonly Piece[]

/** Markup with values in it: whatever is no markup is escaped, controls and what turns the direction of text are replaced. */
export function html(markup: TemplateStringsArray, ...values: readonly Piece[]): Html {
  return new Html(markup.map((text, index) => (index === 0 ? '' : textOf(values[index - 1] ?? null)) + text).join(''))
}

function textOf(piece: Piece): string {
  if (piece === null || piece === undefined || piece === false) return ''
  if (piece instanceof Html) return piece.text
  if (typeof piece === 'object') return piece.map(textOf).join('')
  return escaped(String(piece))
}

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }

/** For text and for attributes in quotes. */
export function escaped(text: string): string {
  return printable(text).replaceAll(/[&<>"']/g, (character) => ENTITIES[character] ?? '')
}
