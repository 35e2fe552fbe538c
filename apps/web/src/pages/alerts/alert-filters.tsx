import { Button, Header, Menu, MenuItem, MenuSection, MenuTrigger, Popover } from 'react-aria-components'
import { plainRecorded } from '../../format/recorded.ts'
import { Recorded } from '../../ui/recorded.tsx'
import {
  type AlertFilterField,
  type AlertsSearch,
  alertChips,
  alertChoices,
  alertFilterNames,
  toggledAlertChip,
  withoutAlertChips,
} from '../../url/alert-search.ts'

type AlertFiltersProps = {
  search: AlertsSearch
  onChange: (search: AlertsSearch) => void
  /** Rules, principals and targets of the alerts on the page. */
  offered: readonly { field: AlertFilterField; values: readonly string[] }[]
  /** What a rule's id is called. */
  titleOf: (rule: string) => string
}

/** What the list is narrowed to, as chips that stand in the address. */
export function AlertFilters({ search, onChange, offered, titleOf }: AlertFiltersProps) {
  const chips = alertChips(search)
  const said = (field: AlertFilterField, value: string) => (field === 'rule' ? titleOf(value) : value)
  return (
    <div className="filters">
      <AddAlertFilter offered={offered} said={said} onAdd={(field, value) => onChange(toggledAlertChip(search, { field, value }))} />
      <ul className="chips" aria-label="Filters">
        {chips.map((chip) => (
          <li key={`${chip.field}${chip.value}`} className="chip">
            <span className="faint">{alertFilterNames[chip.field]} is</span> <Recorded text={said(chip.field, chip.value)} limit={60} />
            <button
              type="button"
              className="chip-remove"
              aria-label={`Remove filter: ${alertFilterNames[chip.field]} ${plainRecorded(chip.value, 60)}`}
              onClick={() => onChange(toggledAlertChip(search, chip))}
            >
              ×
            </button>
          </li>
        ))}
      </ul>
      {chips.length > 0 && (
        <button type="button" className="text-button" onClick={() => onChange(withoutAlertChips(search))}>
          Clear all
        </button>
      )}
    </div>
  )
}

const FIXED = Object.entries(alertChoices).map(([field, values]) => ({ field: field as AlertFilterField, values }))

type AddProps = Pick<AlertFiltersProps, 'offered'> & {
  said: (field: AlertFilterField, value: string) => string
  onAdd: (field: AlertFilterField, value: string) => void
}

function AddAlertFilter({ offered, said, onAdd }: AddProps) {
  const add = (key: string) => {
    const colon = key.indexOf(':')
    onAdd(key.slice(0, colon) as AlertFilterField, key.slice(colon + 1))
  }
  return (
    <MenuTrigger>
      <Button className="button">Filter…</Button>
      <Popover className="popover" placement="bottom start">
        <Menu className="menu" aria-label="Add a filter" onAction={(key) => add(String(key))}>
          {[...FIXED, ...offered.filter(({ values }) => values.length > 0)].map(({ field, values }) => (
            <MenuSection key={field}>
              <Header className="menu-header">{alertFilterNames[field]}</Header>
              {values.map((value) => (
                <MenuItem key={value} id={`${field}:${value}`} textValue={plainRecorded(value, 60)} className="menu-item">
                  {plainRecorded(said(field, value), 60)}
                </MenuItem>
              ))}
            </MenuSection>
          ))}
        </Menu>
      </Popover>
    </MenuTrigger>
  )
}
