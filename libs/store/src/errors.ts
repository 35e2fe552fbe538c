/** Where a batch came from: enough to find it again, nothing of what it holds. */
export type BatchCoordinates = { source: string; partition: string; first: number; last: number }

/** The store's data path is held by another process. */
export class StoreInUseError extends Error {
  readonly code = 'STORE_IN_USE'
  readonly retryable = false
  constructor(
    readonly path: string,
    readonly holder: number | null,
  ) {
    super(`The store at ${path} is in use by ${holder === null ? 'another process' : `process ${holder}`}: stop it, or choose another path`)
  }
}

export class StoreOpenError extends Error {
  readonly code = 'STORE_OPEN_FAILED'
  readonly retryable = false
  constructor(readonly path: string) {
    super(`Cannot open the store at ${path}: the engine's own message is on standard error`)
  }
}

export class StoreClosedError extends Error {
  readonly code = 'STORE_CLOSED'
  readonly retryable = false
  constructor() {
    super('The store is closed')
  }
}

/** ClickHouse quotes values and pieces of rows in its messages, so only its code and type are kept. */
export class StoreQueryError extends Error {
  readonly code = 'STORE_QUERY_FAILED'
  constructor(
    readonly query: string,
    readonly engineCode: number | null,
    readonly engineType: string | null,
    readonly retryable: boolean,
  ) {
    super(`Query ${query} failed: ${engineType ?? 'unknown error'}${engineCode === null ? '' : ` (code ${engineCode})`}`)
  }
}

/** A row is not of the shape that its query promised. Names the field, never its value. */
export class RowShapeError extends Error {
  readonly code = 'ROW_SHAPE'
  readonly retryable = false
  constructor(
    readonly query: string,
    readonly field: string,
  ) {
    super(`Query ${query} answered a row whose ${field || 'shape'} is not what it promises`)
  }
}

export class EventInsertError extends Error {
  readonly code = 'EVENT_INSERT_FAILED'
  constructor(
    readonly table: string,
    readonly at: BatchCoordinates | null,
    readonly engineCode: number | null,
    readonly engineType: string | null,
    readonly retryable: boolean,
  ) {
    const where = at === null ? '' : ` of ${at.source} ${at.partition}, offsets ${at.first} to ${at.last},`
    super(`Cannot insert rows${where} into ${table}: ${engineType ?? 'unknown error'}${engineCode === null ? '' : ` (code ${engineCode})`}`)
  }
}

export class MigrationEditedError extends Error {
  readonly code = 'MIGRATION_EDITED'
  readonly retryable = false
  constructor(readonly migration: string) {
    super(`Migration ${migration} was applied in another form: migrations are never edited, add one with the next number`)
  }
}

/** A migration's statement has a form that cannot be spread over a cluster without guessing. */
export class UnclearMigrationError extends Error {
  readonly code = 'UNCLEAR_MIGRATION'
  readonly retryable = false
  constructor(readonly statement: string) {
    super(`This statement of a migration has no known form on a cluster: ${statement}`)
  }
}

/** A parameter that a query names was not given, or cannot take its type. Names the parameter, never its value. */
export class ParameterError extends Error {
  readonly code = 'BAD_PARAMETER'
  readonly retryable = false
  constructor(
    readonly parameter: string,
    readonly type: string,
  ) {
    super(`Parameter ${parameter} is missing or is no ${type}`)
  }
}

// Codes of ClickHouse after which the same insert or query may succeed: memory, too many parts, timeouts, network, disk,
// replicas or a Keeper that are away, a server that is shutting down.
const TRANSIENT = new Set([159, 202, 209, 210, 225, 236, 241, 242, 243, 252, 279, 285, 286, 289, 319, 394, 999])

/** What may be told about an engine's error. */
export function engineFault(error: unknown): { code: number | null; type: string | null; retryable: boolean } {
  const message = error instanceof Error ? error.message : ''
  const own = error as { code?: unknown; type?: unknown; clickhouseCode?: unknown }
  const numeric = [own.clickhouseCode, own.code].map(Number).find((n) => Number.isInteger(n) && n > 0)
  const code = numeric ?? (Number(/Code: (\d+)\./.exec(message)?.[1] ?? Number.NaN) || null)
  const type =
    typeof own.type === 'string'
      ? own.type
      : (/\(([A-Z][A-Z0-9_]{3,60})\)\s*(?:\(version[^()]*(?:\([^()]*\))?[^()]*\))?\s*$/.exec(message)?.[1] ?? null)
  return { code, type, retryable: code === null || TRANSIENT.has(code) }
}
