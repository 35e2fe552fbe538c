import { useQuery, useQueryClient } from '@tanstack/react-query'
import { type ReactNode, useEffect } from 'react'
import { followChanges } from '../api/changes.ts'
import { ApiProblem } from '../api/problem.ts'
import * as queries from '../api/queries.ts'
import { Failure, Loading } from '../ui/outcomes.tsx'
import { Page } from '../ui/page.tsx'
import { IdentityProvider } from './identity.tsx'
import { LoginPage } from './login-page.tsx'
import { SignOut } from './sign-out.tsx'

/** Shows what is inside to who is signed in. Everybody else gets a way in, under the address that they asked for. */
export function Gate({ children, outside }: { children: ReactNode; outside: (page: ReactNode) => ReactNode }) {
  const { data: me, error, isPending, refetch } = useQuery(queries.me())
  const status = error instanceof ApiProblem ? error.problem.status : null
  const mayEnter = me !== undefined && status !== 401 && status !== 403
  useFollowedChanges(mayEnter && me.rights.includes('metadata'))
  useForgetfulness(status === 401)
  if (mayEnter) return <IdentityProvider value={me}>{children}</IdentityProvider>
  if (isPending) return outside(<Waiting />)
  if (status === 401) return outside(<LoginPage hasEnded={me !== undefined} />)
  return outside(<NobodyKnown error={error ?? new Error('Nobody is signed in')} mayLeave={status === 403} onRetry={() => void refetch()} />)
}

/** Refreshes what is on the page as long as somebody may look at it. */
function useFollowedChanges(isFollowing: boolean): void {
  const client = useQueryClient()
  useEffect(() => (isFollowing ? followChanges(client) : undefined), [client, isFollowing])
}

/** What one person read is not kept for the next one. */
function useForgetfulness(isSignedOut: boolean): void {
  const client = useQueryClient()
  useEffect(() => {
    if (isSignedOut) client.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== 'me' && queryKey[0] !== 'login' })
  }, [client, isSignedOut])
}

function Waiting() {
  return (
    <Page title="Hoptrace">
      <Loading what="who you are" />
    </Page>
  )
}

function NobodyKnown({ error, mayLeave, onRetry }: { error: Error; mayLeave: boolean; onRetry: () => void }) {
  return (
    <Page title={mayLeave ? 'You may see nothing here' : 'Hoptrace'}>
      <Failure error={error} what="who you are" onRetry={onRetry} />
      {mayLeave && (
        <p className="row">
          <SignOut />
        </p>
      )}
    </Page>
  )
}
