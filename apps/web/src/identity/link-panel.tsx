import { useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { apiPath, postJson } from '../api/client.ts'
import { CopyButton } from '../ui/copy-button.tsx'

const COMMAND = 'hoptrace login'

/** What a one-time link is and how to get one; and the way in with its token, when the link itself was lost. */
export function LinkPanel({ isOnly }: { isOnly: boolean }) {
  if (isOnly) return <Explanation />
  return (
    <details className="way-in">
      <summary>With a one-time link</summary>
      <Explanation />
    </details>
  )
}

function Explanation() {
  return (
    <section className="way-in" aria-label="Sign in with a one-time link">
      <ol className="steps">
        <li>
          <p>On the machine that runs the platform, ask for a link. It logs one browser in, once.</p>
          <p className="row command-line">
            <code>{COMMAND}</code>
            <CopyButton text={COMMAND} label="Copy the command" />
          </p>
        </li>
        <li>
          <p>Open the link in this browser, or paste the token that it holds:</p>
          <TokenForm />
        </li>
      </ol>
    </section>
  )
}

function TokenForm() {
  const client = useQueryClient()
  const [token, setToken] = useState('')
  const [problem, setProblem] = useState<string | null>(null)
  const [isBusy, setBusy] = useState(false)
  const signIn = async (event: FormEvent) => {
    event.preventDefault()
    setProblem(null)
    setBusy(true)
    try {
      await postJson(apiPath(['login']), { token: tokenIn(token) })
      await client.resetQueries()
    } catch (error) {
      setProblem(error instanceof Error ? error.message : 'The server refused')
      setBusy(false)
    }
  }
  return (
    <form className="sign-in-form" onSubmit={(event) => void signIn(event)}>
      <input
        className="input recorded"
        type="password"
        autoComplete="off"
        aria-label="One-time token or link"
        value={token}
        onChange={(event) => setToken(event.target.value)}
      />
      <button type="submit" className="button primary" disabled={token.trim() === '' || isBusy}>
        Sign in
      </button>
      {problem !== null && (
        <p role="alert" className="bad-text">
          {problem}
        </p>
      )}
    </form>
  )
}

/** The token, also of somebody who pastes the whole link. */
export function tokenIn(pasted: string): string {
  const text = pasted.trim()
  return (URL.canParse(text) ? new URL(text).searchParams.get('token') : null) ?? text
}
