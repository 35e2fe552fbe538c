import { getRouteApi, useRouter } from '@tanstack/react-router'
import { useEffect } from 'react'
import { comeBackTo } from '../identity/come-back.ts'
import { Loading } from '../ui/outcomes.tsx'
import { Page } from '../ui/page.tsx'

const route = getRouteApi('/login')

/** `/login` of somebody who is signed in already: on to the page that it was opened for. */
export function SignedInPage() {
  const { to = '/' } = route.useSearch()
  const { history } = useRouter()
  useEffect(() => history.replace(comeBackTo(to)), [history, to])
  return (
    <Page title="Signed in">
      <Loading what="the page that you asked for" />
    </Page>
  )
}
