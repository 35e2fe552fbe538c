import type { CommandsAnswer, SessionCommand, SessionDetail } from '@hoptrace/api'
import { Link } from '@tanstack/react-router'
import { useEffect, useRef } from 'react'
import { formatPosition } from '../../../format/duration.ts'
import { plural } from '../../../format/quantity.ts'
import { Recorded } from '../../../ui/recorded.tsx'

const KINDS: Record<SessionCommand['kind'], string> = {
  statement: 'statement',
  request: 'request',
  exec: 'exec',
  shell: 'shell',
  typed: 'typed',
  marker: 'mark',
  subsystem: 'subsystem',
  forward: 'forward',
  transfer: 'file',
}

type CommandListProps = { session: SessionDetail; commands: CommandsAnswer; positionMs: number; onSeek: (command: SessionCommand) => void }

/** What was asked for, in order; choosing one goes to its moment. */
export function CommandList({ session, commands, positionMs, onSeek }: CommandListProps) {
  const current = commands.items.findLastIndex((command) => command.ms <= positionMs + 1)
  return (
    <section className="commands" aria-labelledby="commands-title">
      <div className="section-head">
        <h2 id="commands-title">Commands</h2>
        <span className="faint">{plural(commands.items.length, 'command')}</span>
      </div>
      {commands.items.length === 0 && <p className="quiet">None was recognised. The output is whole nevertheless.</p>}
      <ol className="command-list">
        {commands.items.map((command, index) => (
          <CommandLine
            key={`${command.seq}/${command.ms}`}
            command={command}
            sessionId={session.id}
            isCurrent={index === current}
            onSeek={() => onSeek(command)}
          />
        ))}
      </ol>
      {commands.isTruncated && <p className="warn-text">More commands were recorded than are listed here.</p>}
    </section>
  )
}

type CommandLineProps = { command: SessionCommand; sessionId: string; isCurrent: boolean; onSeek: () => void }

function CommandLine({ command, sessionId, isCurrent, onSeek }: CommandLineProps) {
  const ref = useRef<HTMLLIElement>(null)
  useEffect(() => {
    const list = ref.current?.parentElement
    if (isCurrent && ref.current && list) scrollWithin(list, ref.current)
  }, [isCurrent])
  const { exitStatus } = command
  return (
    <li ref={ref} className={`command ${isCurrent ? 'selected' : ''}`}>
      <button type="button" onClick={onSeek} aria-current={isCurrent ? 'true' : undefined}>
        <span className="faint at">{formatPosition(command.ms)}</span>
        <span className="what">
          {command.text === '' ? <span className="faint">{KINDS[command.kind]}</span> : <Recorded text={command.text} limit={240} />}
        </span>
      </button>
      <span className="command-meta">
        <span className="faint">{KINDS[command.kind]}</span>
        {exitStatus !== null && (
          <span className={exitStatus === 0 ? 'faint' : 'bad-text'}>
            {exitStatus === 0 ? '' : '✕ '}exit {exitStatus}
          </span>
        )}
        <Link to="/sessions/$sessionId/events/$seq" params={{ sessionId, seq: String(command.seq) }}>
          proof
        </Link>
      </span>
    </li>
  )
}

/** Scrolls the list alone: the page stays where the reader put it. */
function scrollWithin(list: HTMLElement, line: HTMLElement): void {
  const top = line.offsetTop - list.offsetTop
  if (top < list.scrollTop || top + line.offsetHeight > list.scrollTop + list.clientHeight) list.scrollTop = top - list.clientHeight / 3
}
