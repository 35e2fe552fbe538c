import type { StatementResult } from '@hoptrace/api'
import { Recorded } from '../../../ui/recorded.tsx'

/** An error as the target gave it, with the place in the statement that it names. */
export function SqlErrorDetail({ error, text }: { error: NonNullable<StatementResult['error']>; text: string }) {
  const near = error.position === null ? null : text.slice(Math.max(0, error.position - 1), error.position + 40)
  return (
    <div className="sql-error" role="note">
      <p>
        <strong className="bad-text">
          <span aria-hidden="true">✕ </span>
          {error.severity} {error.sqlstate}
        </strong>{' '}
        <Recorded text={error.message} limit={1000} />
      </p>
      {error.detail !== null && (
        <p className="quiet">
          Detail: <Recorded text={error.detail} limit={1000} />
        </p>
      )}
      {error.hint !== null && (
        <p className="quiet">
          Hint: <Recorded text={error.hint} limit={1000} />
        </p>
      )}
      {near !== null && near !== '' && (
        <p className="quiet">
          At character {error.position}: <Recorded text={near} />
        </p>
      )}
    </div>
  )
}
