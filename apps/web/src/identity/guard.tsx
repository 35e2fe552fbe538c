import { useMatches } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { ForbiddenPage } from './forbidden.tsx'
import { useMe } from './identity.tsx'

/** A page that needs a right: without it the reader is told which, and nothing of the page is asked for. */
export function Guard({ children }: { children: ReactNode }) {
  const me = useMe()
  const needs = useMatches({ select: (matches) => matches.at(-1)?.staticData.needs })
  if (needs === undefined || needs.rights.some((right) => me.rights.includes(right))) return children
  return <ForbiddenPage title={needs.title} right={needs.rights[0]} />
}
