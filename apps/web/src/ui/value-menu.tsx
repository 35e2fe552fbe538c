import { useNavigate } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { Button, Menu, MenuItem, MenuTrigger, Popover } from 'react-aria-components'
import { plainRecorded } from '../format/recorded.ts'
import { type FilterField, filterNames, SessionsSearch, withChip } from '../url/session-search.ts'

type ValueMenuProps = {
  field: FilterField
  value: string
  /** Where "Go to" leads, if the value has a page. */
  goTo?: (() => void) | undefined
  children: ReactNode
}

/** A value that offers what can be done with it: only sessions with it, only sessions without it, its own page, copying. */
export function ValueMenu({ field, value, goTo, children }: ValueMenuProps) {
  const navigate = useNavigate()
  const filter = (isExcluded: boolean) =>
    navigate({
      to: '/sessions',
      search: (previous: Record<string, unknown>) => withChip(SessionsSearch.parse(previous), { field, value, isExcluded }),
    })
  const act = { include: () => filter(false), exclude: () => filter(true), go: goTo, copy: () => navigator.clipboard.writeText(value) }
  const name = `${filterNames[field]} ${plainRecorded(value, 60)}`
  return (
    <MenuTrigger>
      <Button className="value" aria-label={`${name}: filter or go to`}>
        {children}
      </Button>
      <Popover className="popover" placement="bottom start">
        <Menu className="menu" aria-label={name} onAction={(key) => act[key as keyof typeof act]?.()}>
          <MenuItem id="include" className="menu-item">
            Only this {filterNames[field]}
          </MenuItem>
          <MenuItem id="exclude" className="menu-item">
            Without this {filterNames[field]}
          </MenuItem>
          {goTo !== undefined && (
            <MenuItem id="go" className="menu-item">
              Go to its page
            </MenuItem>
          )}
          <MenuItem id="copy" className="menu-item">
            Copy
          </MenuItem>
        </Menu>
      </Popover>
    </MenuTrigger>
  )
}
