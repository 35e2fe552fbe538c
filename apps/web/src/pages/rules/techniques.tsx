import { techniquesOf } from './technique.ts'

/** What a rule looks for, in the words of ATT&CK or ATLAS. */
export function Techniques({ tags, limit = 8 }: { tags: readonly string[]; limit?: number }) {
  if (tags.length === 0) return <span className="faint">no technique named</span>
  return (
    <span className="techniques">
      {techniquesOf(tags)
        .slice(0, limit)
        .map((word) => (
          <span key={word} className="technique">
            {word}
          </span>
        ))}
    </span>
  )
}
