import type { StatementItem, TimelineItem } from '@hoptrace/api'
import { useEffect, useRef } from 'react'
import { formatDuration, formatPosition } from '../../../format/duration.ts'
import { plainRecorded } from '../../../format/recorded.ts'
import { outcomeOf } from './placed.ts'

type StatementListProps = { items: readonly TimelineItem[]; selected: TimelineItem; onSelect: (item: TimelineItem) => void }

const TRANSACTION = {
  idle: { sign: '', title: 'outside a transaction' },
  transaction: { sign: '│', title: 'in a transaction' },
  failed: { sign: '╳', title: 'in a failed transaction' },
} as const

/** What happened, in the order of seq. */
export function StatementList({ items, selected, onSelect }: StatementListProps) {
  return (
    <ol className="statements" aria-label="Statements">
      {items.map((item) => (
        <Line key={item.seq} item={item} isSelected={item === selected} onSelect={() => onSelect(item)} />
      ))}
    </ol>
  )
}

function Line({ item, isSelected, onSelect }: { item: TimelineItem; isSelected: boolean; onSelect: () => void }) {
  const ref = useRef<HTMLLIElement>(null)
  useEffect(() => {
    if (isSelected) ref.current?.scrollIntoView({ block: 'nearest' })
  }, [isSelected])
  return (
    <li ref={ref} className={`statement-line ${isSelected ? 'selected' : ''} is-${item.item}`}>
      <button type="button" aria-current={isSelected ? 'true' : undefined} onClick={onSelect}>
        <span className="faint at">{formatPosition(item.ms)}</span>
        {item.item === 'statement' ? <StatementLine item={item} /> : <OtherLine item={item} />}
      </button>
    </li>
  )
}

function StatementLine({ item }: { item: StatementItem }) {
  const transaction = TRANSACTION[item.transaction]
  return (
    <>
      <span className={`transaction ${item.transaction}`} title={transaction.title}>
        {transaction.sign}
        <span className="visually-hidden">{transaction.title}</span>
      </span>
      <span className="recorded what">{plainRecorded(item.text, 160)}</span>
      <span className={`outcome ${item.state === 'failed' ? 'bad-text' : item.state === 'unanswered' ? 'warn-text' : 'faint'}`}>
        {item.state === 'failed' && <span aria-hidden="true">✕ </span>}
        {item.state === 'failed' && <span className="visually-hidden">failed </span>}
        {plainRecorded(outcomeOf(item), 24)}
      </span>
      <span className="faint number took">{item.durationMs === null ? '—' : formatDuration(item.durationMs * 1000)}</span>
    </>
  )
}

function OtherLine({ item }: { item: Exclude<TimelineItem, StatementItem> }) {
  const [word, text] =
    item.item === 'notice'
      ? [item.kind, item.message]
      : item.item === 'gap'
        ? ['not recorded', `${item.reason}: ${item.message}`]
        : ['ended', item.message ?? item.reason]
  return (
    <>
      <span />
      <span className="what">
        <span className={item.item === 'gap' ? 'warn-text' : 'faint'}>{word}</span>{' '}
        <span className="recorded">{plainRecorded(text, 160)}</span>
      </span>
    </>
  )
}
