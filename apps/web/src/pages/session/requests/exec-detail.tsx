import type { ExecDetail, SessionDetail } from '@hoptrace/api'
import { Link } from '@tanstack/react-router'
import { formatBytes, plural } from '../../../format/quantity.ts'
import { Recorded } from '../../../ui/recorded.tsx'
import { State } from '../../../ui/state.tsx'
import { TerminalReplay } from '../terminal/terminal-replay.tsx'

const FIRST_SIGHT_MS = 1500

/** What ran in a container, with its terminal to play. */
export function ExecView({ session, exec }: { session: SessionDetail; exec: ExecDetail }) {
  const { body, exit } = exec
  const hasOutput = session.channels.includes(body.channel)
  return (
    <section className="exec" aria-label="Program">
      <pre className="statement-text exec-command">
        <Recorded text={body.kind === 'attach' ? 'attached to what ran already' : body.command.join(' ')} isBlock limit={2000} />
      </pre>
      <p className="row detail-line">
        <Exit exit={exit} />
        <span className="quiet">
          in <Recorded text={`${body.namespace}/${body.pod}`} limit={120} />
          {body.container !== null && (
            <>
              , container <Recorded text={body.container} limit={80} />
            </>
          )}
          {` · ${body.tty ? 'with a terminal' : 'without a terminal'} · ${body.subprotocol}`}
          {exit !== null && ` · ${formatBytes(exit.body.stdoutBytes + exit.body.stderrBytes)} out, ${formatBytes(exit.body.stdinBytes)} in`}
          {body.truncated !== undefined && ` · ${plural(body.truncated.kept, 'argument')} of ${body.truncated.total} kept`}
        </span>
        {hasOutput && (
          <Link
            from="/sessions/$sessionId"
            to="."
            search={(previous) => ({
              ...previous,
              view: 'terminal' as const,
              channel: body.channel,
              ms: Math.floor(exec.ms),
              seq: undefined,
            })}
          >
            Open in the player
          </Link>
        )}
      </p>
      {hasOutput ? (
        <TerminalReplay session={session} inDetail={{ channel: body.channel, startMs: firstSight(exec) }} />
      ) : (
        <p className="quiet detail-line">It wrote nothing.</p>
      )}
    </section>
  )
}

/** What a short command answered, and of a shell its prompt. */
function firstSight({ ms, exit }: ExecDetail): number {
  return Math.min(ms + FIRST_SIGHT_MS, exit?.ms ?? Number.POSITIVE_INFINITY)
}

function Exit({ exit }: { exit: ExecDetail['exit'] }) {
  if (exit === null) return <State tone="warn">no end recorded</State>
  const { exitCode, reason, message } = exit.body
  const said = message ?? reason ?? ''
  if (exitCode === null) return <State tone="warn">ended{said === '' ? '' : `: ${said}`}</State>
  return (
    <State tone={exitCode === 0 ? 'good' : 'bad'} title={said}>
      exit {exitCode}
    </State>
  )
}
