import { Readable } from 'node:stream'
import { type ClickHouseClient, createClient } from '@clickhouse/client'
import { type Engine, READ_SETTINGS, type Settings } from './engine.ts'
import type { Parameters } from './parameters.ts'

export type HttpOptions = {
  /** `http://host:8123` */
  url: string
  username?: string
  password?: string
  database?: string
}

/** A ClickHouse server or cluster. */
export class HttpEngine implements Engine {
  private readonly client: ClickHouseClient

  constructor(options: HttpOptions) {
    this.client = createClient({ ...options, clickhouse_settings: { ...READ_SETTINGS } })
  }

  async command(sql: string): Promise<void> {
    await this.client.command({ query: sql })
  }

  async insert(table: string, lines: Buffer, settings: Settings): Promise<void> {
    const values = Readable.from([lines], { objectMode: false })
    await this.client.insert({ table, values, format: 'JSONEachRow', clickhouse_settings: { ...settings } })
  }

  async read(sql: string, parameters: Parameters): Promise<string> {
    const result = await this.client.query({ query: sql, query_params: parameters, format: 'JSONEachRow' })
    return result.text()
  }

  async *stream(sql: string, parameters: Parameters): AsyncIterable<string> {
    const result = await this.client.query({ query: sql, query_params: parameters, format: 'JSONEachRow' })
    for await (const rows of result.stream()) for (const row of rows) yield `${row.text}\n`
  }

  async close(): Promise<void> {
    await this.client.close()
  }
}
