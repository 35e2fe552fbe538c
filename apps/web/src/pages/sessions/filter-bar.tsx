import { type FormEvent, useEffect, useState } from 'react'
import { Button, Header, Menu, MenuItem, MenuSection, MenuTrigger, Popover } from 'react-aria-components'
import { plainRecorded } from '../../format/recorded.ts'
import { Recorded } from '../../ui/recorded.tsx'
import {
  type Chip,
  chipsOf,
  type FilterField,
  filterNames,
  type SessionsSearch,
  withChip,
  withoutChip,
  withoutFilters,
} from '../../url/session-search.ts'

type FilterBarProps = { search: SessionsSearch; onChange: (search: SessionsSearch) => void }

/** Fields with few values, which can be chosen before any is on the page. */
const CHOICES: readonly { field: FilterField; values: readonly string[] }[] = [
  { field: 'protocol', values: ['postgres', 'ssh', 'kubernetes', 'http'] },
  { field: 'completeness', values: ['complete', 'unfinished', 'gap', 'conflict'] },
  {
    field: 'outcome',
    values: ['open', 'client', 'target', 'revoked', 'expired', 'crash', 'error', 'recording', 'shutdown', 'imported', 'idle'],
  },
]

export function FilterBar({ search, onChange }: FilterBarProps) {
  const chips = chipsOf(search)
  return (
    <div className="filters">
      <CommandSearch key={search.q} q={search.q ?? ''} onSearch={(q) => onChange({ ...search, q, cursor: undefined, page: undefined })} />
      <AddFilter search={search} onChange={onChange} />
      <ul className="chips" aria-label="Filters">
        {chips.map((chip) => (
          <FilterChip
            key={`${chip.isExcluded}${chip.field}${chip.value}`}
            chip={chip}
            onRemove={() => onChange(withoutChip(search, chip))}
          />
        ))}
      </ul>
      {(chips.length > 0 || search.q !== undefined) && (
        <button type="button" className="text-button" onClick={() => onChange(withoutFilters(search))}>
          Clear all
        </button>
      )}
    </div>
  )
}

function FilterChip({ chip, onRemove }: { chip: Chip; onRemove: () => void }) {
  const name = filterNames[chip.field]
  return (
    <li className={`chip ${chip.isExcluded ? 'excluded' : ''}`}>
      <span className="faint">
        {name} {chip.isExcluded ? 'is not' : 'is'}
      </span>{' '}
      <Recorded text={chip.value} limit={40} />
      <button
        type="button"
        className="chip-remove"
        aria-label={`Remove filter: ${name} ${plainRecorded(chip.value, 60)}`}
        onClick={onRemove}
      >
        ×
      </button>
    </li>
  )
}

function CommandSearch({ q, onSearch }: { q: string; onSearch: (q: string | undefined) => void }) {
  const [text, setText] = useState(q)
  useEffect(() => setText(q), [q])
  const submit = (event: FormEvent) => {
    event.preventDefault()
    onSearch(text.trim() === '' ? undefined : text.trim())
  }
  return (
    <search>
      <form className="command-search" onSubmit={submit}>
        <input
          className="input"
          type="search"
          aria-label="Words in commands and statements"
          placeholder="Words in commands and statements"
          maxLength={256}
          value={text}
          onChange={(event) => setText(event.target.value)}
        />
        <button type="submit" className="button">
          Search
        </button>
      </form>
    </search>
  )
}

function AddFilter({ search, onChange }: FilterBarProps) {
  const act = (key: string) => {
    const [field = '', value = ''] = key.split(':')
    onChange(withChip(search, { field: field as FilterField, value, isExcluded: false }))
  }
  return (
    <MenuTrigger>
      <Button className="button">Filter…</Button>
      <Popover className="popover" placement="bottom start">
        <Menu className="menu" aria-label="Add a filter" onAction={(key) => act(String(key))}>
          {CHOICES.map(({ field, values }) => (
            <MenuSection key={field}>
              <Header className="menu-header">{filterNames[field]}</Header>
              {values.map((value) => (
                <MenuItem key={value} id={`${field}:${value}`} className="menu-item">
                  {value}
                </MenuItem>
              ))}
            </MenuSection>
          ))}
        </Menu>
      </Popover>
    </MenuTrigger>
  )
}
