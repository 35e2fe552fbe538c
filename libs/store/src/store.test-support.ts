import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { clickHouseHttpMissing, startEmbeddedClickHouseHttp } from '@hoptrace/testing'
import { expect } from 'vitest'
import { z } from 'zod'
import type { SessionEventInsert, Store, StoreOptions } from './index.ts'

export const tenant = 'default'
/** A session's id by its number. */
export const id = (n: number) => `019aa0c0-0000-7000-8000-${String(n).padStart(12, '0')}`

export function aRow(over: Partial<SessionEventInsert> = {}): SessionEventInsert {
  return {
    tenant,
    session_id: id(1),
    seq: 0,
    ts: '1700000000123456',
    elapsed_us: 12,
    gateway_id: 'gw-1',
    boot_id: id(0),
    run: null,
    principal: 'ana',
    root_principal: null,
    lineage: [],
    origin_address: '127.0.0.1',
    origin_port: 5000,
    origin_client: null,
    target_name: 'orders',
    target_protocol: 'postgres',
    target_address: 'db:5432',
    target_account: 'app',
    type: 'sql.statement',
    outcome: '',
    is_failure: false,
    text: 'SELECT 1',
    content: '{}',
    prev_hash: '0'.repeat(64),
    hash: '1'.repeat(64),
    ...over,
  }
}

/** How many rows a table has, duplicates too. */
export async function countRows(store: Store, table: string, where = '1'): Promise<number> {
  const sql = `SELECT count() AS rows FROM ${table} WHERE ${where}`
  const rows = await store.query({ name: 'test.count', sql, row: z.object({ rows: z.int() }) })
  return rows[0]?.rows ?? -1
}

export function faultOf(work: () => Promise<unknown>): Promise<Record<string, unknown> & Error> {
  return work().then(
    () => expect.unreachable('it should have failed'),
    (error) => error,
  )
}

/** A place to store that outlives a store, and is removed in the end. */
export type StorePlace = { options: StoreOptions; remove(): Promise<void> }

async function embeddedPlace(): Promise<StorePlace> {
  const path = mkdtempSync(join(tmpdir(), 'hoptrace-store-'))
  return { options: { kind: 'embedded', path }, remove: async () => rmSync(path, { recursive: true, force: true }) }
}

async function httpPlace(): Promise<StorePlace> {
  const password = randomUUID()
  const server = await startEmbeddedClickHouseHttp({ users: [{ name: 'hoptrace', password }] })
  return { options: { kind: 'http', url: server.url, username: 'hoptrace', password }, remove: () => server.stop() }
}

/** Both engines, for `describe.each`: the server is left out where it cannot be had, unless it must be. */
export const enginesToTest: { engine: string; aPlace: () => Promise<StorePlace> }[] = [
  { engine: 'embedded', aPlace: embeddedPlace },
  ...(clickHouseHttpMissing() !== null && !process.env.CI ? [] : [{ engine: 'http', aPlace: httpPlace }]),
]
