type MoreProps = { hasNext: boolean; isLoading: boolean; onMore: () => void; what: string }

/** The next page of a list that grows downwards. */
export function More({ hasNext, isLoading, onMore, what }: MoreProps) {
  if (!hasNext) return null
  return (
    <p className="more">
      <button type="button" className="button" onClick={onMore} disabled={isLoading}>
        {isLoading ? 'Loading…' : `More ${what}`}
      </button>
    </p>
  )
}
