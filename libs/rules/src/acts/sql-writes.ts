import type { EventBody } from '@hoptrace/events'

/** First words of command tags (PostgreSQL, CommandComplete) of what changes rows, and says how many. */
const CHANGES_ROWS = new Set(['INSERT', 'UPDATE', 'DELETE', 'MERGE'])
const CHANGES_OBJECTS = new Set([
  'CREATE',
  'ALTER',
  'DROP',
  'TRUNCATE',
  'GRANT',
  'REVOKE',
  'COMMENT',
  'REINDEX',
  'REFRESH',
  'IMPORT',
  'SECURITY',
])

/** Did a statement change something? By the tag of its result: one that failed, or that met no row, did not. */
export function isSqlWrite({ tag, rows, error, copy }: EventBody<'sql.result'>): boolean {
  if (error !== null || tag === null) return false
  const [word = ''] = tag.split(' ', 1)
  if (CHANGES_ROWS.has(word)) return rows !== 0
  if (word === 'COPY') return copy?.direction === 'in' && rows !== 0
  return CHANGES_OBJECTS.has(word)
}
