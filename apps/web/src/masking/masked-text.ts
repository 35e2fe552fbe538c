/** A stretch of text: recorded, or what stands for a hidden secret. */
export type MaskedStretch = { text: string; isMask: boolean }

/** The api hides each character of a secret behind a bullet; nobody's secret is one character long. */
const MASK = /\u2022{2,}/g

/** Splits text at its masks. Only for answers that say that something in them is masked: elsewhere bullets are bullets. */
export function splitMasks(text: string): MaskedStretch[] {
  const stretches: MaskedStretch[] = []
  let from = 0
  for (const match of text.matchAll(MASK)) {
    if (match.index > from) stretches.push({ text: text.slice(from, match.index), isMask: false })
    stretches.push({ text: match[0], isMask: true })
    from = match.index + match[0].length
  }
  if (from < text.length) stretches.push({ text: text.slice(from), isMask: false })
  return stretches
}

/** The page's own address without `reveal`: whoever follows a copied link reveals nothing by accident. */
export function withoutReveal(href: string): string {
  const url = new URL(href)
  url.searchParams.delete('reveal')
  return url.href
}
