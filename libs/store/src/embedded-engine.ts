import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type ClickHouseClient, createClient } from '@clickhouse/client'
import { drainPending, Session } from 'chdb'
import { type ChdbConnection, createChdbConnection } from 'chdb/connection'
import { type Engine, READ_SETTINGS, type Settings } from './engine.ts'
import { StoreInUseError, StoreOpenError } from './errors.ts'
import { Lanes } from './lanes.ts'
import { bindLiterals, type Parameters as QueryParameters } from './parameters.ts'

export type EmbeddedOptions = {
  /** Directory of the data. One process at a time may hold it. */
  path: string
  /** Above this the engine refuses queries instead of growing. Default 2 GiB. */
  maxMemoryBytes?: number
  /** Connections that read. A connection runs one query at a time. Default 4. */
  readers?: number
}

type ClientOptions = NonNullable<Parameters<typeof createClient>[0]>

// Small blocks bound what a stream holds: an event may take 512 KiB.
const STREAM_SETTINGS = { ...READ_SETTINGS, max_block_size: 64, max_threads: 1 }

/**
 * ClickHouse in this process: one connection that writes, several that read, and some that stream.
 * A setting stays on its connection, so none is ever passed with a read, and inserts carry theirs in the statement.
 */
export class EmbeddedEngine implements Engine {
  private constructor(
    private readonly writer: { connection: ChdbConnection; client: ClickHouseClient },
    private readonly readers: Lanes<ClickHouseClient>,
    private readonly streams: Lanes<Session>,
    private readonly first: Session,
  ) {}

  /** @throws StoreInUseError, StoreOpenError */
  static async open(options: EmbeddedOptions): Promise<EmbeddedEngine> {
    const { path, maxMemoryBytes = 2 * 1024 ** 3, readers = 4 } = options
    const first = openFirst(path, maxMemoryBytes)
    const connection = createChdbConnection({ path })
    const writer = { connection, client: clientOn(connection) }
    const reading = new Lanes(readers, () => readingClient(path))
    const streaming = new Lanes(readers, () => streamingSession(path))
    return new EmbeddedEngine(writer, reading, streaming, first)
  }

  async command(sql: string): Promise<void> {
    await this.writer.client.command({ query: sql })
  }

  async insert(table: string, lines: Buffer, settings: Settings): Promise<void> {
    await this.writer.connection.chdb.rawInsert({ table, format: 'JSONEachRow', values: lines, settings: { ...settings } })
  }

  read(sql: string, parameters: QueryParameters): Promise<string> {
    const bound = bindLiterals(sql, parameters)
    return this.readers.use(async (client) => (await client.query({ query: bound, format: 'JSONEachRow' })).text())
  }

  async *stream(sql: string, parameters: QueryParameters): AsyncIterable<string> {
    const bound = bindLiterals(sql, parameters)
    const lane = await this.streams.take()
    try {
      for await (const chunk of lane.resource.queryStream(bound, { format: 'JSONEachRow' })) yield chunk.text()
    } finally {
      lane.free()
    }
  }

  async close(): Promise<void> {
    // Exiting or closing during a query has crashed the engine: every lane is drained first.
    const readers = await this.readers.drain()
    const streams = await this.streams.drain()
    await Promise.all(readers.map((client) => client.close()))
    for (const session of streams) session.close()
    await this.writer.client.close()
    this.first.close()
    await drainPending()
  }
}

// The first connection decides the engine's memory cap, so it carries the argument and stays open.
function openFirst(path: string, maxMemoryBytes: number): Session {
  try {
    return new Session(path, { connectionArgs: [`--max_server_memory_usage=${maxMemoryBytes}`] })
  } catch {
    const holder = holderOf(path)
    if (holder !== null && holder !== process.pid) throw new StoreInUseError(path, holder)
    throw new StoreOpenError(path)
  }
}

// ClickHouse writes its process id into the data directory's `status` file.
function holderOf(path: string): number | null {
  try {
    const pid = Number(/PID: (\d+)/.exec(readFileSync(join(path, 'status'), 'utf8'))?.[1])
    process.kill(pid, 0)
    return pid
  } catch (error) {
    // EPERM: the process lives and is another user's.
    return (error as NodeJS.ErrnoException).code === 'EPERM' ? 0 : null
  }
}

// chdb types its connection by @clickhouse/client-common, the client by its own copy of it: one contract, two declarations.
function clientOn(connection: ChdbConnection): ClickHouseClient {
  return createClient({ connection: connection as unknown as NonNullable<ClientOptions['connection']> })
}

async function readingClient(path: string): Promise<ClickHouseClient> {
  const client = clientOn(createChdbConnection({ path }))
  await client.command({ query: setStatement(READ_SETTINGS) })
  return client
}

async function streamingSession(path: string): Promise<Session> {
  const session = new Session(path)
  await session.queryAsync(setStatement(STREAM_SETTINGS))
  return session
}

function setStatement(settings: Settings): string {
  return `SET ${Object.entries(settings)
    .map(([name, value]) => `${name} = ${value}`)
    .join(', ')}`
}
