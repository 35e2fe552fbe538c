import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'
import { type Engine, INSERT_SETTINGS } from './engine.ts'
import { engineFault, MigrationEditedError, StoreQueryError } from './errors.ts'
import { renderRows } from './rows.ts'

/** The project's migrations, from the sources and from dist alike. */
export const MIGRATIONS = fileURLToPath(new URL('../../../migrations/', import.meta.url))

type Migration = { name: string; sha256: string; statements: string[] }
const Applied = z.object({ name: z.string(), sha256: z.string() })

/**
 * Applies, in the order of their numbers, the migrations that this store has not seen. Each is idempotent, so one
 * that a crash cut short is simply run again.
 * @throws MigrationEditedError when an applied one was changed since
 */
export async function applyMigrations(engine: Engine, directory: string): Promise<string[]> {
  await engine.command(
    'CREATE TABLE IF NOT EXISTS schema_migrations (name String, sha256 String, applied_at DateTime DEFAULT now()) ENGINE = ReplacingMergeTree ORDER BY name',
  )
  const seen = await appliedMigrations(engine)
  const applied: string[] = []
  for (const migration of readMigrations(directory)) {
    const known = seen.get(migration.name)
    if (known === migration.sha256) continue
    if (known !== undefined) throw new MigrationEditedError(migration.name)
    await apply(engine, migration)
    applied.push(migration.name)
  }
  return applied
}

async function apply(engine: Engine, { name, sha256, statements }: Migration): Promise<void> {
  try {
    for (const statement of statements) await engine.command(statement)
  } catch (error) {
    const { code, type, retryable } = engineFault(error)
    throw new StoreQueryError(`migration ${name}`, code, type, retryable)
  }
  await engine.insert('schema_migrations', renderRows([{ name, sha256 }]), INSERT_SETTINGS)
}

async function appliedMigrations(engine: Engine): Promise<Map<string, string>> {
  const text = await engine.read('SELECT name, sha256 FROM schema_migrations FINAL', {})
  const rows = text.split('\n').filter((line) => line !== '')
  return new Map(rows.map((line) => Applied.parse(JSON.parse(line))).map(({ name, sha256 }) => [name, sha256]))
}

function readMigrations(directory: string): Migration[] {
  const files = readdirSync(directory).filter((file) => /^\d{4}_[a-z0-9_]+\.sql$/.test(file))
  return files.sort().map((file) => {
    const sql = readFileSync(join(directory, file), 'utf8')
    const statements = sql.split(/;\s*$/m).filter((statement) => statement.trim() !== '')
    return { name: file.slice(0, -4), sha256: createHash('sha256').update(sql).digest('hex'), statements }
  })
}
