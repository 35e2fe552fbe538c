import type { StatementItem } from '@hoptrace/api'
import { Recorded } from '../../../ui/recorded.tsx'

/** What stood for $1, $2, … */
export function BindValues({ params }: { params: StatementItem['params'] }) {
  const numbered = params.map((param, index) => ({ ...param, name: `$${index + 1}` }))
  return (
    <table className="table compact" aria-label="Bind values">
      <thead>
        <tr>
          <th scope="col">Bind</th>
          <th scope="col">Value</th>
          <th scope="col">Type OID</th>
        </tr>
      </thead>
      <tbody>
        {numbered.map(({ name, value, encoding, oid, truncated }) => (
          <tr key={name}>
            <td>
              <code>{name}</code>
            </td>
            <td>
              {value === null ? <span className="null">NULL</span> : <Recorded text={value} isBlock limit={500} />}
              {encoding === 'hex' && <span className="faint"> as hex</span>}
              {truncated !== undefined && (
                <span className="warn-text">
                  {' '}
                  cut: {truncated.kept} of {truncated.total}
                </span>
              )}
            </td>
            <td className="faint">{oid === 0 ? 'left to the server' : oid}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}
