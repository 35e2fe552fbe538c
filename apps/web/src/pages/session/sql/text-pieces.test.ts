import { createHash } from 'node:crypto'
import type { StatementItem, TimelineItem } from '@hoptrace/api'
import { describe, expect, it } from 'vitest'
import { findWhole, foldPieces, piecesOf } from './text-pieces.ts'

const at = '2026-11-20T10:31:04.137000Z'
const text = (bytes: Uint8Array | undefined) => new TextDecoder().decode(bytes)
const hash = async (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')

function aPiece(seq: number, utf8: string): Extract<TimelineItem, { item: 'notice' }> {
  return {
    ...{ item: 'notice', seq, ms: seq, at, kind: 'text', severity: null, sqlstate: null, message: '', channel: null },
    data: { utf8 },
  }
}

function aLongStatement(seq: number, cut: Pick<StatementItem, 'text' | 'tail' | 'tailFrom'>): StatementItem {
  return {
    ...{ seq, ms: seq, at, item: 'statement', mode: 'simple', prepared: null, params: [], kind: 'SELECT', tables: [] },
    ...{ transaction: 'idle', state: 'unanswered', results: [], durationMs: null, observables: [] },
    ...cut,
  }
}

describe('a statement that came in pieces', () => {
  const statement = aLongStatement(4, { text: 'SELECT é', tail: ' END', tailFrom: 15 })
  const items = [aPiece(2, 'abc'), aPiece(3, 'def'), statement]

  it('is one line with its pieces before it', () => {
    expect(foldPieces(items)).toMatchObject([{ item: 'pieces', seq: 2, lastSeq: 3 }, { seq: 4 }])
  })
  it('is whole again with what lies between its start and its tail, proved by its SHA-256', async () => {
    const sha256 = createHash('sha256').update('SELECT éabcdef END').digest('hex')
    const found = await findWhole({ ...statement, sha256 }, foldPieces(items), hash)
    expect(found).toMatchObject({ pieces: 2, isProved: true })
    expect(text(found?.bytes)).toBe('SELECT éabcdef END')
  })
  it('is told by its SHA-256 from another one whose pieces came right after', async () => {
    const sha256 = createHash('sha256').update('SELECT éabcdef END').digest('hex')
    const lines = foldPieces([aPiece(2, 'abc'), aPiece(3, 'def'), aPiece(4, 'xyz'), { ...statement, seq: 6 }])
    expect(piecesOf({ ...statement, seq: 6 }, lines).map((pieces) => pieces.map(({ seq }) => seq))).toEqual([
      [3, 4],
      [2, 3],
    ])
    expect(text((await findWhole({ ...statement, seq: 6, sha256 }, lines, hash))?.bytes)).toBe('SELECT éabcdef END')
  })
  it('is not made whole from pieces that are missing or are not what was hashed', async () => {
    expect(piecesOf(statement, foldPieces([aPiece(3, 'def'), statement]))).toEqual([])
    expect(await findWhole({ ...statement, sha256: '0'.repeat(64) }, foldPieces(items), hash)).toBeNull()
  })
  it('has no pieces when its start and its tail are all of it', () => {
    expect(piecesOf(aLongStatement(4, { text: 'ab', tail: 'cd', tailFrom: 2 }), [])).toEqual([[]])
  })
})

it('keeps pieces apart between which something else was recorded', () => {
  expect(foldPieces([aPiece(2, 'a'), aPiece(4, 'b')])).toHaveLength(2)
})
