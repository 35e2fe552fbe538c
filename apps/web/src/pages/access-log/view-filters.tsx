import { Recorded } from '../../ui/recorded.tsx'
import { type AccessLogSearch, viewChips } from '../../url/access-log-search.ts'

type ViewFiltersProps = { search: AccessLogSearch; onChange: (search: AccessLogSearch) => void }

/** What the log is narrowed to, as chips; and the two questions that are asked most. */
export function ViewFilters({ search, onChange }: ViewFiltersProps) {
  const chips = viewChips(search)
  return (
    <div className="filters">
      <ul className="chips" aria-label="Filters">
        {chips.map(({ field, word, value }) => (
          <li key={field} className="chip">
            <span className="faint">{word}</span> <Recorded text={value} limit={60} />
            <button
              type="button"
              className="chip-remove"
              aria-label={`Remove ${word} ${value}`}
              onClick={() => onChange({ ...search, [field]: undefined })}
            >
              ×
            </button>
          </li>
        ))}
      </ul>
      {search.content === undefined && search.reveal === undefined && (
        <button type="button" className="button small" onClick={() => onChange({ ...search, content: '1' })}>
          Only content
        </button>
      )}
      {search.reveal === undefined && (
        <button type="button" className="button small" onClick={() => onChange({ ...search, content: undefined, reveal: '1' })}>
          Only revealed secrets
        </button>
      )}
    </div>
  )
}
