import { plural } from '../../../format/quantity.ts'
import { Recorded } from '../../../ui/recorded.tsx'
import { Withheld } from './json-tree.tsx'

type HeadersListProps = { headers: readonly (readonly [string, string])[]; withheld: readonly string[]; label: string }

/** Headers in the order of the wire; those whose values are never recorded by name. */
export function HeadersList({ headers, withheld, label }: HeadersListProps) {
  if (headers.length + withheld.length === 0) return <p className="faint detail-line">No headers.</p>
  return (
    <details className="headers">
      <summary>
        {plural(headers.length + withheld.length, 'header')}
        {withheld.length > 0 && <span className="warn-text">, {withheld.length} withheld</span>}
      </summary>
      <table className="headers-table" aria-label={label}>
        <tbody>
          {headers.map(([name, value], index) => (
            <tr key={`${name}/${value}/${headers.slice(0, index).filter((other) => other[0] === name && other[1] === value).length}`}>
              <th scope="row">
                <Recorded text={name} limit={80} />
              </th>
              <td>
                <Recorded text={value} limit={400} />
              </td>
            </tr>
          ))}
          {withheld.map((name) => (
            <tr key={name}>
              <th scope="row">
                <Recorded text={name} limit={80} />
              </th>
              <td>
                <Withheld />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </details>
  )
}
