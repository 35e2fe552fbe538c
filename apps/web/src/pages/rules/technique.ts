/** A Sigma tag in the words of its framework: `attack.t1552.007` is `T1552.007`, `atlas.aml.t0051` is `AML.T0051`. */
export function techniqueOf(tag: string): string {
  const dot = tag.indexOf('.')
  if (dot === -1) return tag
  const [framework, name] = [tag.slice(0, dot), tag.slice(dot + 1)]
  if (framework !== 'attack' && framework !== 'atlas') return tag
  return /^(?:aml\.)?(?:ta?)\d{4}/i.test(name) ? name.toUpperCase() : name.replaceAll('-', ' ')
}

/** Techniques first, then tactics: what a reader looks up stands before what it belongs to. */
export function techniquesOf(tags: readonly string[]): string[] {
  const words = tags.map(techniqueOf)
  const isTechnique = (word: string) => /^(?:AML\.)?T\d/.test(word)
  return [...words.filter(isTechnique), ...words.filter((word) => !isTechnique(word))]
}
