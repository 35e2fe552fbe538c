import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'
import { type Cluster, clusterStatements } from './cluster.ts'
import { type Engine, INSERT_SETTINGS } from './engine.ts'
import { engineFault, MigrationEditedError, StoreQueryError, UnclearMigrationError } from './errors.ts'
import { renderRows } from './rows.ts'

/** The project's migrations, from the sources and from dist alike. */
export const MIGRATIONS = fileURLToPath(new URL('../../../migrations/', import.meta.url))

type Migration = { name: string; sha256: string; statements: string[] }
const Applied = z.object({ name: z.string(), sha256: z.string() })

const CREATE_APPLIED = `CREATE TABLE IF NOT EXISTS schema_migrations (name String, sha256 String, applied_at DateTime DEFAULT now())
ENGINE = ReplacingMergeTree ORDER BY name`

/**
 * Applies, in the order of their numbers, the migrations that this store has not seen. Each is idempotent, so one
 * that a crash cut short is simply run again.
 * @param cluster that the tables are spread over; null for one server
 * @throws MigrationEditedError when an applied one was changed since
 */
export async function applyMigrations(engine: Engine, directory: string, cluster: Cluster | null): Promise<string[]> {
  const migrations = readMigrations(directory)
  const seen = await appliedMigrations(engine)
  // Where nothing is to be done, nothing is tried: most processes may not change the schema.
  if (migrations.every(({ name, sha256 }) => seen.get(name) === sha256)) return []
  await run(engine, [CREATE_APPLIED], cluster)
  const applied: string[] = []
  for (const migration of migrations) {
    const known = seen.get(migration.name)
    if (known === migration.sha256) continue
    if (known !== undefined) throw new MigrationEditedError(migration.name)
    await apply(engine, migration, cluster)
    applied.push(migration.name)
  }
  return applied
}

async function apply(engine: Engine, { name, sha256, statements }: Migration, cluster: Cluster | null): Promise<void> {
  try {
    await run(engine, statements, cluster)
  } catch (error) {
    if (error instanceof UnclearMigrationError) throw error
    const { code, type, retryable } = engineFault(error)
    throw new StoreQueryError(`migration ${name}`, code, type, retryable)
  }
  await engine.insert('schema_migrations', renderRows([{ name, sha256 }]), INSERT_SETTINGS)
}

async function run(engine: Engine, statements: readonly string[], cluster: Cluster | null): Promise<void> {
  for (const statement of statements) {
    const forms = cluster ? clusterStatements(statement, cluster) : [statement]
    for (const form of forms) await engine.command(form)
  }
}

// UNKNOWN_TABLE, UNKNOWN_DATABASE
const NOT_THERE = new Set([60, 81])

async function appliedMigrations(engine: Engine): Promise<Map<string, string>> {
  const text = await engine.read('SELECT name, sha256 FROM schema_migrations FINAL', {}).catch((error: unknown) => {
    if (NOT_THERE.has(engineFault(error).code ?? 0)) return ''
    throw error
  })
  const rows = text.split('\n').filter((line) => line !== '')
  return new Map(rows.map((line) => Applied.parse(JSON.parse(line))).map(({ name, sha256 }) => [name, sha256]))
}

/** In the order of their numbers. */
export function readMigrations(directory: string): Migration[] {
  const files = readdirSync(directory).filter((file) => /^\d{4}_[a-z0-9_]+\.sql$/.test(file))
  return files.sort().map((file) => {
    const sql = readFileSync(join(directory, file), 'utf8')
    const statements = sql.split(/;\s*$/m).filter((statement) => statement.trim() !== '')
    return { name: file.slice(0, -4), sha256: createHash('sha256').update(sql).digest('hex'), statements }
  })
}
