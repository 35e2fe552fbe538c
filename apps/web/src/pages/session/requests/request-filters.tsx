import type { ResourcesAnswer } from '@hoptrace/api'
import { getRouteApi } from '@tanstack/react-router'
import { useMemo } from 'react'
import { Button, Header, Menu, MenuItem, MenuSection, MenuTrigger, Popover } from 'react-aria-components'
import { plainRecorded } from '../../../format/recorded.ts'
import { Recorded } from '../../../ui/recorded.tsx'
import {
  type RequestChip,
  type RequestFilterField,
  requestChips,
  requestFilterNames,
  toggled,
  withoutRequestFilters,
} from '../../../url/request-search.ts'

const route = getRouteApi('/sessions/$sessionId')
const STATUSES = ['2xx', '3xx', '4xx', '5xx', 'none'] as const
const STATUS_WORDS: Record<string, string> = {
  '2xx': '2xx answered',
  '3xx': '3xx redirected',
  '4xx': '4xx refused',
  '5xx': '5xx failed',
  none: 'no answer',
}
const MAX_CHOICES = 40

/** What narrows the requests: chips of what the address says, and a menu of what the session holds. */
export function RequestFilters({ resources }: { resources: ResourcesAnswer | undefined }) {
  const search = route.useSearch()
  const navigate = route.useNavigate()
  const chips = requestChips(search)
  const change = (chip: RequestChip) =>
    void navigate({ to: '.', search: (previous) => toggled(previous, chip), replace: true, resetScroll: false })
  return (
    <div className="filters request-filters">
      <AddFilter resources={resources} onAdd={change} />
      <ul className="chips" aria-label="Filters">
        {chips.map((chip) => (
          <Chip key={`${chip.field}${chip.value}`} chip={chip} onRemove={() => change(chip)} />
        ))}
      </ul>
      {chips.length > 0 && (
        <button
          type="button"
          className="text-button"
          onClick={() => void navigate({ to: '.', search: withoutRequestFilters, replace: true, resetScroll: false })}
        >
          Clear all
        </button>
      )}
    </div>
  )
}

function Chip({ chip: { field, value }, onRemove }: { chip: RequestChip; onRemove: () => void }) {
  const name = requestFilterNames[field]
  return (
    <li className="chip">
      <span className="faint">{name} is</span> <Recorded text={field === 'status' ? (STATUS_WORDS[value] ?? value) : value} limit={60} />
      <button type="button" className="chip-remove" aria-label={`Remove filter: ${name} ${plainRecorded(value, 60)}`} onClick={onRemove}>
        ×
      </button>
    </li>
  )
}

function AddFilter({ resources, onAdd }: { resources: ResourcesAnswer | undefined; onAdd: (chip: RequestChip) => void }) {
  const choices = useMemo(() => choicesOf(resources), [resources])
  return (
    <MenuTrigger>
      <Button className="button">Filter…</Button>
      <Popover className="popover" placement="bottom start">
        <Menu
          className="menu"
          aria-label="Add a filter"
          onAction={(key) => {
            const [field = '', ...value] = String(key).split(':')
            onAdd({ field: field as RequestFilterField, value: value.join(':') })
          }}
        >
          {choices.map(({ field, values }) => (
            <MenuSection key={field}>
              <Header className="menu-header">{requestFilterNames[field]}</Header>
              {values.map((value) => (
                <MenuItem key={value} id={`${field}:${value}`} className="menu-item">
                  {field === 'status' ? STATUS_WORDS[value] : plainRecorded(value, 60)}
                </MenuItem>
              ))}
            </MenuSection>
          ))}
        </Menu>
      </Popover>
    </MenuTrigger>
  )
}

function choicesOf(resources: ResourcesAnswer | undefined): { field: RequestFilterField; values: readonly string[] }[] {
  const items = resources?.items ?? []
  const distinct = (values: readonly string[]) => [...new Set(values)].sort().slice(0, MAX_CHOICES)
  const verbs = (kind: 'kubernetes' | 'http') =>
    distinct(items.flatMap((item) => (item.kind === kind ? item.uses.map(({ verb }) => verb) : [])))
  const namespaces = items.flatMap((item) => (item.kind === 'kubernetes' && item.namespace !== null ? [item.namespace] : []))
  const offered: { field: RequestFilterField; values: readonly string[] }[] = [
    { field: 'status', values: STATUSES },
    { field: 'verb', values: verbs('kubernetes') },
    { field: 'method', values: verbs('http') },
    { field: 'namespace', values: distinct(namespaces) },
    { field: 'tool', values: (resources?.tools ?? []).map(({ name }) => name).slice(0, MAX_CHOICES) },
  ]
  return offered.filter(({ values }) => values.length > 0)
}
