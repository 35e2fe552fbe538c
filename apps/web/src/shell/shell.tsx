import { Outlet } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { Gate } from '../identity/gate.tsx'
import { Guard } from '../identity/guard.tsx'
import { IdentityMenu } from '../identity/identity-menu.tsx'
import { Bar } from './bar.tsx'
import { KeysHelp } from './keys-help.tsx'
import { Places } from './places.tsx'
import { RecordingLamp } from './recording-lamp.tsx'
import { ThemeToggle, ZoneToggle } from './toggles.tsx'

/** What stands around every page; to who is not signed in, only what says nothing of what was recorded. */
export function Shell() {
  return (
    <>
      <a className="skip" href="#main">
        Skip to content
      </a>
      <Gate outside={(page) => <Outside>{page}</Outside>}>
        <Bar places={<Places />}>
          <RecordingLamp />
          <ZoneToggle />
          <ThemeToggle />
          <KeysHelp />
          <IdentityMenu />
        </Bar>
        <Guard>
          <Outlet />
        </Guard>
      </Gate>
    </>
  )
}

function Outside({ children }: { children: ReactNode }) {
  return (
    <>
      <Bar>
        <ThemeToggle />
      </Bar>
      {children}
    </>
  )
}
