import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { apiPath, postJson } from '../api/client.ts'
import * as queries from '../api/queries.ts'

/** Ends this login, and the one at the identity provider where it offers that. */
export function SignOut() {
  const client = useQueryClient()
  const [problem, setProblem] = useState<string | null>(null)
  const signOut = async () => {
    const { queryKey } = queries.me()
    const signOutUrl = client.getQueryData(queryKey)?.signOutUrl
    await postJson(apiPath(['logout']), {})
    if (signOutUrl !== undefined) return window.location.assign(signOutUrl)
    await client.resetQueries({ queryKey })
  }
  return (
    <>
      <button type="button" className="button" onClick={() => void signOut().catch((error: Error) => setProblem(error.message))}>
        Sign out
      </button>
      {problem !== null && (
        <span role="alert" className="bad-text">
          {problem}
        </span>
      )}
    </>
  )
}
