import { Readable } from 'node:stream'
import { setTimeout as delay } from 'node:timers/promises'
import { type ClickHouseClient, ClickHouseLogLevel, createClient } from '@clickhouse/client'
import { CLUSTER_INSERT_SETTINGS, CLUSTER_READ_SETTINGS, type Cluster } from './cluster.ts'
import { type Engine, READ_SETTINGS, type Settings } from './engine.ts'
import { engineFault, ParameterError } from './errors.ts'
import { checkParameters, type Parameters } from './parameters.ts'

export type HttpOptions = {
  /** `http://host:8123` */
  url: string
  username?: string
  password?: string
  database?: string
  /** The cluster that the tables are spread over; without it one server holds them. */
  cluster?: Cluster
  /** A request during which nothing moves for so long has failed. Default 60 s. */
  requestTimeoutMs?: number
  /** Pauses before each further try of what may be tried again. Default 100, 400 and 1600 ms. */
  retryAfterMs?: readonly number[]
}

// A reader who left must not keep the server busy.
const HTTP_READ_SETTINGS = { ...READ_SETTINGS, cancel_http_readonly_queries_on_client_close: 1 } as const
/** What makes tables, or deletes from them, says nothing until it is done. */
const STATEMENT_TIMEOUT_MS = 3_600_000
// With the answer held back until it is whole, an error in mid-answer comes as an error, and a read can be tried again.
const WHOLE = { wait_end_of_query: 1 } as const

/**
 * A ClickHouse server or cluster, over HTTP, compressed both ways.
 *
 * Reads and inserts are tried again when the fault is of the kind that passes: no answer, a lost connection, a server short of
 * something. An insert whose answer was lost may so be stored twice, which every table here makes one: rows are identified by
 * what they hold. A stream is tried again until its answer begins, a statement that changes tables never.
 */
export class HttpEngine implements Engine {
  private readonly client: ClickHouseClient
  private readonly nodes: readonly ClickHouseClient[]
  private readonly retryAfterMs: readonly number[]
  private readonly ofReads: Settings
  private readonly ofInserts: Settings

  constructor(options: HttpOptions) {
    const { cluster, retryAfterMs = [100, 400, 1600] } = options
    this.client = clientOf(options)
    const urls = cluster?.nodes ?? [options.url]
    this.nodes = urls.map((url) => clientOf({ ...options, url, requestTimeoutMs: STATEMENT_TIMEOUT_MS }))
    this.retryAfterMs = retryAfterMs
    this.ofReads = { ...HTTP_READ_SETTINGS, ...(cluster ? CLUSTER_READ_SETTINGS : {}) }
    this.ofInserts = cluster ? CLUSTER_INSERT_SETTINGS : {}
  }

  async command(sql: string): Promise<void> {
    for (const node of this.nodes) await node.command({ query: sql, clickhouse_settings: WHOLE })
  }

  async insert(table: string, lines: Buffer, settings: Settings): Promise<void> {
    const clickhouse_settings = { ...settings, ...this.ofInserts, ...WHOLE }
    await this.retrying(async () => {
      const values = Readable.from([lines], { objectMode: false })
      // The rows are JSON already, which `insert` would take for text to be encoded.
      const query = `INSERT INTO ${table} FORMAT JSONEachRow`
      const { stream } = await this.client.exec({ query, values, clickhouse_settings })
      for await (const _ of stream);
    })
  }

  read(sql: string, parameters: Parameters): Promise<string> {
    return this.retrying(async () => (await this.query(sql, parameters, WHOLE)).text())
  }

  async *stream(sql: string, parameters: Parameters): AsyncIterable<string> {
    const result = await this.retrying(() => this.query(sql, parameters, {}))
    for await (const rows of result.stream()) for (const row of rows) yield `${row.text}\n`
  }

  async close(): Promise<void> {
    await Promise.all([this.client, ...this.nodes].map((client) => client.close()))
  }

  private query(sql: string, parameters: Parameters, settings: Settings) {
    checkParameters(sql, parameters)
    const clickhouse_settings = { ...this.ofReads, ...settings }
    return this.client.query({ query: sql, query_params: parameters, format: 'JSONEachRow', clickhouse_settings })
  }

  private async retrying<T>(work: () => Promise<T>): Promise<T> {
    for (const waitMs of this.retryAfterMs) {
      try {
        return await work()
      } catch (error) {
        if (error instanceof ParameterError || !engineFault(error).retryable) throw error
      }
      await delay(waitMs)
    }
    return work()
  }
}

function clientOf({ url, username, password, database, requestTimeoutMs = 60_000 }: HttpOptions): ClickHouseClient {
  return createClient({
    url,
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password }),
    ...(database === undefined ? {} : { database }),
    request_timeout: requestTimeoutMs,
    compression: { request: { codec: 'gzip', level: 1 }, response: true },
    // A list of a thousand sessions does not fit an address line. ClickHouse takes 128 KiB a value this way.
    use_multipart_params_auto: true,
    // It would log queries with their values; faults are told as errors that hold none.
    log: { level: ClickHouseLogLevel.OFF },
  })
}
