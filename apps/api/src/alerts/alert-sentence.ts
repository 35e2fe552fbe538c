import { printable } from '@hoptrace/events'
import { maskText } from '../masking/mask-text.ts'

type Told = { sentence: string; principal: string | null; rootPrincipal: string | null; targets: readonly string[] }

/** Who, on behalf of whom, what, and where, in the words of the recordings' frame alone: values that flowed are content. */
export function plainSentence({ principal, rootPrincipal, targets }: Omit<Told, 'sentence'>, title: string): string {
  const behalf = rootPrincipal === null || rootPrincipal === principal ? '' : `, on behalf of ${rootPrincipal}`
  const where = targets.length === 0 ? '' : `: ${targets.join(' → ')}`
  return printable(`${principal ?? 'Somebody unknown'}${behalf}: ${title}${where}`)
}

/** @param hasContent without it the sentence names no value */
export function toldSentence(told: Told, title: string, hasContent: boolean): string {
  return hasContent ? printable(maskText(told.sentence)) : plainSentence(told, title)
}
