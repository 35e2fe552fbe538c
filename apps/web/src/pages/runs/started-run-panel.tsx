import type { StartedRun } from '@hoptrace/api'
import { Link } from '@tanstack/react-router'
import { CopyButton } from '../../ui/copy-button.tsx'
import { Instant } from '../../ui/instant.tsx'
import { Protocol } from '../../ui/protocol.tsx'
import { Recorded } from '../../ui/recorded.tsx'

/** The token, which nobody can show again, and what to do with it. */
export function StartedRunPanel({ started, onClose }: { started: StartedRun; onClose: () => void }) {
  const { run, token, commands } = started
  return (
    <div className="start-run">
      <p>
        <Link to="/runs/$runId" params={{ runId: run.id }} onClick={onClose}>
          Run of <Recorded text={run.principal} limit={80} />
        </Link>
        , until <Instant at={run.expiresAt} />. Its token is shown this once; only its hash is kept.
      </p>
      <p className="row command-line">
        <code>{token}</code>
        <CopyButton text={token} label="Copy the token" />
      </p>
      <ul className="plain-list" aria-label="Ready-made commands">
        {commands.map(({ target, protocol, command }) => {
          const line = command.replaceAll('<token>', token)
          return (
            <li key={`${protocol}/${target}`} className="row command-line">
              <Protocol protocol={protocol} />
              <code>{line}</code>
              <CopyButton text={line} label={`Copy the command for ${target}`} />
            </li>
          )
        })}
      </ul>
      {commands.some(({ protocol }) => protocol === 'ssh') && <p className="quiet">ssh asks for a password: the token.</p>}
      <p className="row end">
        <button type="button" className="button" onClick={onClose}>
          Done
        </button>
      </p>
    </div>
  )
}
