import { useInfiniteQuery } from '@tanstack/react-query'
import { useState } from 'react'
import * as queries from '../../api/queries.ts'
import { shortId } from '../../format/identifier.ts'
import { plainRecorded } from '../../format/recorded.ts'
import { Failure, Loading } from '../../ui/outcomes.tsx'
import { rangeParams } from '../../url/time-range.ts'

type ChoiceProps = { value: string | undefined; onChange: (value: string | undefined) => void }

/** The newest chains of thirty days, and the one that the address names. */
export function ChainChoice({ value, onChange }: ChoiceProps) {
  const [nowMs] = useState(() => Date.now())
  const answer = useInfiniteQuery(queries.chains(rangeParams({ last: '30d' }, nowMs)))
  if (answer.isPending) return <Loading what="hop chains" />
  if (answer.isError) return <Failure error={answer.error} what="hop chains" onRetry={() => answer.refetch()} />
  const chains = answer.data.pages.flatMap(({ items }) => items)
  const options = chains.map(({ id, targets, startedAt }) => ({ id, name: `${startedAt.slice(0, 19)}Z ${targets.join(' → ')}` }))
  return <Choice label="Hop chain" value={value} onChange={onChange} options={options} />
}

/** The newest runs, and the one that the address names. */
export function RunChoice({ value, onChange }: ChoiceProps) {
  const answer = useInfiniteQuery(queries.runs({}))
  if (answer.isPending) return <Loading what="agent runs" />
  if (answer.isError) return <Failure error={answer.error} what="agent runs" onRetry={() => answer.refetch()} />
  const runs = answer.data.pages.flatMap(({ items }) => items)
  const options = runs.map(({ id, principal, startedAt, task }) => ({ id, name: `${startedAt.slice(0, 19)}Z ${principal}: ${task}` }))
  return <Choice label="Agent run" value={value} onChange={onChange} options={options} />
}

type Option = { id: string; name: string }

function Choice({ label, value, onChange, options }: ChoiceProps & { label: string; options: readonly Option[] }) {
  const isListed = value === undefined || options.some(({ id }) => id === value)
  return (
    <label className="export-choice">
      {label}
      <select
        className="input"
        value={value ?? ''}
        onChange={(event) => onChange(event.target.value === '' ? undefined : event.target.value)}
      >
        <option value="">Choose…</option>
        {!isListed && <option value={value}>{shortId(plainRecorded(value, 80))}</option>}
        {options.map(({ id, name }) => (
          <option key={id} value={id}>
            {plainRecorded(name, 120)}
          </option>
        ))}
      </select>
    </label>
  )
}
