import type { RequestItem, RequestLine, SessionDetail } from '@hoptrace/api'
import { getRouteApi, Link } from '@tanstack/react-router'
import { type ReactNode, useEffect, useRef } from 'react'
import { formatDuration, formatPosition } from '../../../format/duration.ts'
import { formatBytes } from '../../../format/quantity.ts'
import { plainRecorded } from '../../../format/recorded.ts'
import { Maskable } from '../../../masking/masking.tsx'
import { DiscoveryLine } from './discovery-line.tsx'
import { notesOf, spokenOf, statusOf, verbOf, whatOf } from './request-words.ts'

const route = getRouteApi('/sessions/$sessionId')
const FROM = '/sessions/$sessionId' as const

type RequestListProps = {
  session: SessionDetail
  items: readonly RequestItem[]
  selected: RequestItem | undefined
  reveal: '1' | undefined
}

/** What was asked, in the order of seq; every line is a link to itself. */
export function RequestList({ session, items, selected, reveal }: RequestListProps) {
  return (
    <ol className="request-lines" aria-label="Requests">
      {items.map((item) =>
        item.kind === 'discovery' ? (
          <DiscoveryLine key={item.seq} session={session} run={item} isSelected={item === selected} reveal={reveal} />
        ) : (
          <RequestRow key={item.seq} line={item} isSelected={item === selected} />
        ),
      )}
    </ol>
  )
}

export function RequestRow({ line, isSelected }: { line: RequestLine; isSelected: boolean }) {
  const { main, rest } = whatOf(line)
  const status = statusOf(line)
  const size =
    line.bytesToCaller === null ? null : line.bytesToTarget === null ? line.bytesToCaller : line.bytesToCaller + line.bytesToTarget
  return (
    <LineFrame item={line} isSelected={isSelected}>
      <span className="faint at">{formatPosition(line.ms)}</span>
      <span className={`verb ${isWriting(line) ? 'writes' : ''}`}>{plainRecorded(verbOf(line), 16)}</span>
      <span className="recorded what">
        <Shown text={main} />{' '}
        <span className="faint">
          <Shown text={rest} />
        </span>
      </span>
      <span className="notes faint">{notesOf(line).join(' · ')}</span>
      <span className={`went ${status.tone}-text`}>{status.text}</span>
      <span className="faint number took">{line.durationMs === null ? '—' : formatDuration(line.durationMs * 1000)}</span>
      <span className="faint number size">{size === null ? '…' : formatBytes(size)}</span>
    </LineFrame>
  )
}

const ENTERS = ['exec', 'attach', 'portforward', 'proxy']

/** What changes something, or gets in somewhere, stands out among what reads. */
function isWriting({ kubernetes, method }: RequestLine): boolean {
  if (kubernetes?.subresource && ENTERS.includes(kubernetes.subresource)) return true
  if (kubernetes !== null) return !['get', 'list', 'watch', 'head', 'options'].includes(kubernetes.verb)
  return !['GET', 'HEAD', 'OPTIONS'].includes(method)
}

function Shown({ text }: { text: string }) {
  return <Maskable text={plainRecorded(text, 240)}>{(piece) => piece}</Maskable>
}

type LineFrameProps = { item: RequestItem; isSelected: boolean; children: ReactNode; className?: string }

/** One line that leads to its own address. */
export function LineFrame({ item, isSelected, children, className = '' }: LineFrameProps) {
  const ref = useRef<HTMLLIElement>(null)
  const { seq } = route.useSearch()
  useEffect(() => {
    if (isSelected) ref.current?.scrollIntoView({ block: 'nearest' })
  }, [isSelected])
  return (
    <li ref={ref} className={`request-line ${isSelected ? 'selected' : ''} ${className}`}>
      <Link
        from={FROM}
        to="."
        search={(previous) => ({ ...previous, seq: item.seq, ms: Math.floor(item.ms), channel: undefined })}
        replace={seq !== undefined}
        resetScroll={false}
        aria-current={isSelected ? 'true' : undefined}
        aria-label={plainRecorded(spokenOf(item), 240)}
      >
        {children}
      </Link>
    </li>
  )
}
