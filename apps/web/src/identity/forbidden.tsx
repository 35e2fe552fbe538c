import type { Right } from '@hoptrace/api'
import type { ReactNode } from 'react'
import { Page } from '../ui/page.tsx'
import { useMe } from './identity.tsx'
import { Lock } from './lock.tsx'
import { rights } from './rights.ts'
import { SignOut } from './sign-out.tsx'
import { WhoYouAre } from './who-you-are.tsx'

type ForbiddenProps = {
  /** What is hidden: `Content is hidden`. */
  title: string
  right: Right
  /** What can be seen instead. */
  children?: ReactNode
}

/** In the place of what the reader may not see: the right that is missing, who the reader is, and what else can be done. */
export function Forbidden({ title, right, children }: ForbiddenProps) {
  return (
    <section className="notice forbidden" aria-label={title}>
      <h3>
        <Lock /> {title}
      </h3>
      <p>
        It needs the right <strong>{right}</strong>, which opens {rights[right].opens}; {rights[right].heldBy}.
      </p>
      <p className="quiet">
        <WhoYouAre me={useMe()} /> Whoever gives out roles here can add it; it counts from your next sign-in.
      </p>
      {children}
      <p className="row">
        <SignOut />
      </p>
    </section>
  )
}

/** A whole page that the reader may not see. */
export function ForbiddenPage({ title, right }: { title: string; right: Right }) {
  return (
    <Page title={title}>
      <Forbidden title="You may not see this page" right={right} />
    </Page>
  )
}
