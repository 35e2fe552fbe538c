import { cpSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { openStore, SessionEvents, Sessions, type Store } from './index.ts'
import { MIGRATIONS } from './migrations.ts'
import { aRow, enginesToTest, id, tenant } from './store.test-support.ts'

/** The migrations before the one of this number. */
function migrationsBefore(number: string): string {
  const directory = mkdtempSync(join(tmpdir(), 'hoptrace-migrations-'))
  for (const file of readdirSync(MIGRATIONS)) if (/^\d/.test(file) && file < number) cpSync(join(MIGRATIONS, file), join(directory, file))
  return directory
}

async function listed(store: Store) {
  const rows = await new Sessions(store).list(tenant)
  return rows.map(({ sessionId, events, completeness, principal }) => ({ sessionId, events, completeness, principal }))
}

describe.each(enginesToTest)('roll-ups of what was stored before they were, $engine', ({ aPlace }) => {
  it('hold each session once, with what came before and what comes again and after', async () => {
    const place = await aPlace()
    const store = await openStore(place.options)
    const before = migrationsBefore('0047')
    await store.migrate(before)
    const events = new SessionEvents(store)
    const hash = (seq: number) => String(seq).repeat(64)
    const rows = [0, 1, 2].map((seq) =>
      aRow({ seq, hash: hash(seq), type: seq === 2 ? 'session.ended' : 'sql.statement', outcome: 'client' }),
    )
    const late = { month: '01890000-0000-7000-8000-000000000001', other: id(2) }
    await events.insert([...rows.slice(0, 2), aRow({ session_id: late.month }), aRow({ session_id: late.other, seq: 1 })])
    await store.migrate()
    await events.insert(rows)
    expect(await store.migrate()).toEqual([])
    expect(await listed(store)).toEqual(
      expect.arrayContaining([
        { sessionId: id(1), events: 3, completeness: 'complete', principal: 'ana' },
        { sessionId: late.month, events: 1, completeness: 'unfinished', principal: 'ana' },
        { sessionId: late.other, events: 1, completeness: 'gap', principal: 'ana' },
      ]),
    )
    expect(await listed(store)).toHaveLength(3)
    await store.close()
    await place.remove()
    rmSync(before, { recursive: true })
  })
})
