import type { StatementItem } from '@hoptrace/api'
import { useEffect, useRef } from 'react'
import { readable } from '../../../format/bytes.ts'
import { formatDuration, formatPosition } from '../../../format/duration.ts'
import { formatBytes, plural } from '../../../format/quantity.ts'
import { plainRecorded } from '../../../format/recorded.ts'
import { Maskable } from '../../../masking/masking.tsx'
import { outcomeOf } from './placed.ts'
import { type LineItem, sizeOfPieces } from './text-pieces.ts'

type StatementListProps = { items: readonly LineItem[]; selected: LineItem; onSelect: (item: LineItem) => void }

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

function Line({ item, isSelected, onSelect }: { item: LineItem; isSelected: boolean; onSelect: () => void }) {
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
      <span className="recorded what">
        <Maskable text={plainRecorded(item.text, 160)}>{(text) => text}</Maskable>
      </span>
      <span className={`outcome ${item.state === 'failed' ? 'bad-text' : item.state === 'unanswered' ? 'warn-text' : 'faint'}`}>
        {item.state === 'failed' && <span aria-hidden="true">✕ </span>}
        {item.state === 'failed' && <span className="visually-hidden">failed </span>}
        {plainRecorded(outcomeOf(item), 24)}
      </span>
      <span className="faint number took">{item.durationMs === null ? '—' : formatDuration(item.durationMs * 1000)}</span>
    </>
  )
}

function OtherLine({ item }: { item: Exclude<LineItem, StatementItem> }) {
  const { word, text } = wordsOf(item)
  return (
    <>
      <span />
      <span className="what">
        <span className={item.item === 'gap' ? 'warn-text' : 'faint'}>{word}</span>{' '}
        <span className="recorded">
          <Maskable text={plainRecorded(text, 160)}>{(piece) => piece}</Maskable>
        </span>
      </span>
    </>
  )
}

function wordsOf(item: Exclude<LineItem, StatementItem>): { word: string; text: string } {
  switch (item.item) {
    case 'pieces':
      return { word: 'long text', text: `${formatBytes(sizeOfPieces(item.pieces))} in ${plural(item.pieces.length, 'piece')}` }
    case 'notice':
      return { word: item.kind, text: item.data === undefined ? item.message : readable(item.data) }
    case 'gap':
      return { word: 'not recorded', text: `${item.reason}: ${item.message}` }
    case 'end':
      return { word: 'ended', text: item.message ?? item.reason }
  }
}
