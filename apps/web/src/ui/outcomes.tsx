import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { ApiProblem } from '../api/problem.ts'
import { Refused } from '../identity/refused.tsx'

export function Loading({ what }: { what: string }) {
  return (
    <p className="notice faint" role="status">
      Loading {what}…
    </p>
  )
}

/** Nothing to show, and why. */
export function Empty({ title, children }: { title: string; children?: ReactNode }) {
  return (
    <div className="notice" role="status">
      <h3>{title}</h3>
      {children}
    </div>
  )
}

type FailureProps = { error: Error; onRetry?: (() => void) | undefined; what: string }

/** An error in the api's own words, and what can be done about it. */
export function Failure({ error, onRetry, what }: FailureProps) {
  const problem = error instanceof ApiProblem ? error.problem : null
  if (problem?.status === 403) return <Refused what={what} detail={problem.detail ?? problem.title} />
  const title = problem === null ? `Cannot show ${what}` : titleOf(problem.status, what, problem.title)
  return (
    <div className="notice bad-edge" role="alert">
      <h3>{title}</h3>
      <p>{problem?.detail ?? error.message}</p>
      {(problem?.errors?.length ?? 0) > 0 && (
        <ul className="plain-list">
          {problem?.errors?.map(({ path, message }) => (
            <li key={path}>
              <code>{path}</code> {message}
            </li>
          ))}
        </ul>
      )}
      <p className="row">
        {onRetry !== undefined && problem?.status !== 404 && problem?.status !== 410 && (
          <button type="button" className="button" onClick={onRetry}>
            Try again
          </button>
        )}
        {(problem?.status === 404 || problem?.status === 410) && <Link to="/sessions">All sessions</Link>}
        {problem !== null && <code className="faint">{problem.code}</code>}
      </p>
    </div>
  )
}

function titleOf(status: number, what: string, title: string): string {
  if (status === 404) return `There is no such ${what}`
  if (status === 410) return `${what[0]?.toUpperCase() ?? ''}${what.slice(1)} has expired: its retention time is over`
  return title
}
