import { type FormEvent, useState } from 'react'
import { apiPath, postJson } from '../api/client.ts'

/** Logging in with the one-time token, when the link itself was lost. */
export function LoginPanel() {
  const [token, setToken] = useState('')
  const [problem, setProblem] = useState<string | null>(null)
  const logIn = (event: FormEvent) => {
    event.preventDefault()
    setProblem(null)
    postJson(apiPath(['login']), { token })
      // The stream of changes was refused too, and only a fresh page opens it again.
      .then(() => window.location.reload())
      .catch((error: Error) => setProblem(error.message))
  }
  return (
    <form className="notice login" onSubmit={logIn}>
      <h3>Log in</h3>
      <p>
        The platform prints a one-time link when it starts. Open that link, or paste its token here. A new one: <code>hoptrace login</code>
      </p>
      <p className="row">
        <input
          className="input recorded"
          type="password"
          autoComplete="off"
          aria-label="One-time token"
          value={token}
          onChange={(event) => setToken(event.target.value)}
        />
        <button type="submit" className="button primary" disabled={token === ''}>
          Log in
        </button>
      </p>
      {problem !== null && (
        <p role="alert" className="bad-text">
          {problem}
        </p>
      )}
    </form>
  )
}
