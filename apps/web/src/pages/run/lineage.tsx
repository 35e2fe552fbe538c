import type { RunDetail, RunSummary } from '@hoptrace/api'
import { Link } from '@tanstack/react-router'
import { shortId } from '../../format/identifier.ts'
import { Recorded } from '../../ui/recorded.tsx'
import { RunState } from '../../ui/state.tsx'

type Branch = { run: RunSummary; depth: number; isThis: boolean }

/** Ancestors, the run itself, and its descendants below the run that minted them. */
export function branchesOf(run: RunDetail): Branch[] {
  const parents = run.parents.map((parent) => ({ run: parent, depth: parent.lineage.length, isThis: false }))
  const below = (id: string): Branch[] =>
    run.children
      .filter((child) => child.lineage.at(-1) === id)
      .flatMap((child) => [{ run: child, depth: child.lineage.length, isThis: false }, ...below(child.id)])
  return [...parents.sort((a, b) => a.depth - b.depth), { run, depth: run.lineage.length, isThis: true }, ...below(run.id)]
}

/** Who minted whom. The gateway derives it from the token that minted the child, never from what a caller claims. */
export function Lineage({ run }: { run: RunDetail }) {
  return (
    <ol className="lineage" aria-label="Lineage">
      {branchesOf(run).map(({ run: node, depth, isThis }) => (
        <li
          key={node.id}
          className={isThis ? 'selected' : undefined}
          aria-current={isThis ? 'true' : undefined}
          style={{ paddingInlineStart: 8 + depth * 24 }}
        >
          {depth > 0 && (
            <span className="faint" aria-hidden="true">
              └{' '}
            </span>
          )}
          <strong>
            <Recorded text={node.principal} limit={80} />
          </strong>{' '}
          <Link to="/runs/$runId" params={{ runId: node.id }}>
            <code>{shortId(node.id)}</code>
          </Link>{' '}
          <RunState value={node.state} />{' '}
          <span className="quiet">
            <Recorded text={node.task} limit={120} />
          </span>
        </li>
      ))}
    </ol>
  )
}
