import type { z } from 'zod'
import { type Cluster, localTable, onCluster } from './cluster.ts'
import { EmbeddedEngine, type EmbeddedOptions } from './embedded-engine.ts'
import { type Engine, INSERT_SETTINGS, linesOf, type Settings } from './engine.ts'
import {
  type BatchCoordinates,
  EventInsertError,
  engineFault,
  ParameterError,
  RowShapeError,
  StoreClosedError,
  StoreQueryError,
} from './errors.ts'
import { HttpEngine, type HttpOptions } from './http-engine.ts'
import { applyMigrations, MIGRATIONS } from './migrations.ts'
import { bindLiterals, type Parameters } from './parameters.ts'
import { type InsertRow, renderRows } from './rows.ts'

/** A named query with bound parameters (`{name:Type}` in the SQL) and the shape of a row. */
export type Query<R> = { name: string; sql: string; params?: Parameters; row: z.ZodType<R> }

export type InsertOptions = {
  /** Where the rows came from, for the error. */
  at?: BatchCoordinates
  /** insert_deduplication_token: an optimisation on tables that keep a window, never needed for correctness. */
  token?: string
}

/** The name under which a shard has its own rows of a table; on one server that is the table's name. */
export type OwnTable = (table: string) => string

export interface Store {
  /** Applies the migrations that are not applied yet. @returns their names */
  migrate(directory?: string): Promise<string[]>
  /** The whole answer at once. @throws StoreQueryError, RowShapeError, ParameterError */
  query<R>(query: Query<R>): Promise<R[]>
  /** Row by row, in memory that does not depend on how many there are. */
  stream<R>(query: Query<R>): AsyncIterable<R>
  /** Resolves when the rows are stored and synced. @throws EventInsertError */
  insert(table: string, rows: readonly InsertRow[], options?: InsertOptions): Promise<void>
  /**
   * Deletes a table's rows, on every shard of a cluster. Returns once no read sees them.
   * @param where a condition with bound parameters; it names tables through its argument, since a shard looks in its own
   */
  deleteRows(table: string, where: (own: OwnTable) => string, params: Parameters): Promise<void>
  /** Deletes a table's partition, on every shard of a cluster. @param partition a whole number, as `toYYYYMMDD` makes */
  dropPartition(table: string, partition: string): Promise<void>
  /** Waits for what is running, then closes the engine. Only then may the process exit. Idempotent. */
  close(): Promise<void>
}

export type StoreOptions = ({ kind: 'embedded' } & EmbeddedOptions) | ({ kind: 'http' } & HttpOptions)

/** @throws StoreInUseError when another process holds an embedded store's path */
export async function openStore(options: StoreOptions): Promise<Store> {
  if (options.kind === 'embedded') return new ClickHouseStore(await EmbeddedEngine.open(options), null)
  const { kind: _, ...http } = options
  return new ClickHouseStore(new HttpEngine(http), http.cluster ?? null)
}

class ClickHouseStore implements Store {
  private writing: Promise<unknown> = Promise.resolve()
  private closing: Promise<void> | null = null

  constructor(
    private readonly engine: Engine,
    private readonly cluster: Cluster | null,
  ) {}

  async migrate(directory = MIGRATIONS): Promise<string[]> {
    return this.write(() => applyMigrations(this.engine, directory, this.cluster))
  }

  async query<R>(query: Query<R>): Promise<R[]> {
    if (this.closing) throw new StoreClosedError()
    const text = await this.guarded(query, () => this.engine.read(query.sql, query.params ?? {}))
    const lines = text.split('\n')
    return lines.filter((line) => line !== '').map((line) => readRow(query, line))
  }

  async *stream<R>(query: Query<R>): AsyncIterable<R> {
    if (this.closing) throw new StoreClosedError()
    try {
      for await (const line of linesOf(this.engine.stream(query.sql, query.params ?? {}))) yield readRow(query, line)
    } catch (error) {
      throw queryError(query.name, error)
    }
  }

  async insert(table: string, rows: readonly InsertRow[], options: InsertOptions = {}): Promise<void> {
    if (rows.length === 0) return
    const lines = renderRows(rows)
    const token: Settings = options.token === undefined ? {} : { insert_deduplication_token: options.token }
    await this.write(async () => {
      try {
        await this.engine.insert(table, lines, { ...INSERT_SETTINGS, ...token })
      } catch (error) {
        const { code, type, retryable } = engineFault(error)
        throw new EventInsertError(table, options.at ?? null, code, type, retryable)
      }
    })
  }

  deleteRows(table: string, where: (own: OwnTable) => string, params: Parameters): Promise<void> {
    const { own, on } = this.shard()
    const sql = `DELETE FROM ${own(table)}${on} WHERE ${where(own)} SETTINGS allow_nondeterministic_mutations = 1`
    return this.write(() => this.guarded({ name: `delete from ${table}` }, () => this.engine.command(bindLiterals(sql, params))))
  }

  dropPartition(table: string, partition: string): Promise<void> {
    const { own, on } = this.shard()
    if (!/^\d{1,10}$/.test(partition)) throw new RangeError('A partition is a whole number')
    const sql = `ALTER TABLE ${own(table)}${on} DROP PARTITION ${partition}`
    return this.write(() => this.guarded({ name: `drop a partition of ${table}` }, () => this.engine.command(sql)))
  }

  close(): Promise<void> {
    this.closing ??= this.writing.then(() => this.engine.close())
    return this.closing
  }

  private shard(): { own: OwnTable; on: string } {
    return this.cluster ? { own: localTable, on: onCluster(this.cluster) } : { own: (table) => table, on: '' }
  }

  // The writer's connection takes one statement at a time; a failed one must not hold up the next.
  private async write<T>(work: () => Promise<T>): Promise<T> {
    if (this.closing) throw new StoreClosedError()
    const done = this.writing.then(work)
    this.writing = done.catch(() => undefined)
    return done
  }

  private async guarded<T>(query: { name: string }, work: () => Promise<T>): Promise<T> {
    try {
      return await work()
    } catch (error) {
      throw queryError(query.name, error)
    }
  }
}

function readRow<R>(query: Query<R>, line: string): R {
  const parsed = query.row.safeParse(JSON.parse(line))
  if (parsed.success) return parsed.data
  throw new RowShapeError(query.name, parsed.error.issues[0]?.path.join('.') ?? '')
}

function queryError(name: string, error: unknown): Error {
  if (error instanceof RowShapeError || error instanceof ParameterError || error instanceof StoreClosedError) return error
  const { code, type, retryable } = engineFault(error)
  return new StoreQueryError(name, code, type, retryable)
}
