import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { EventChain, uuidv7 } from '@hoptrace/events'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ServedHoptrace } from './served.test-support.ts'

let served: ServedHoptrace
beforeAll(async () => {
  served = await ServedHoptrace.start([], {})
})
afterAll(() => served?.stop())

const session = uuidv7(Date.now(), Buffer.alloc(10, 3))

/** What a gateway that is not ours may have recorded: no chain, no observables, and members of its own. */
function recorded(): string[] {
  const target = { name: 'ledger', protocol: 'postgres', address: 'db.internal:5432', account: 'app' } as const
  const who = { run: null, principal: 'foreign-agent', rootPrincipal: null, lineage: [], origin: null, target }
  const chain = new EventChain({ tenant: 'default', sessionId: session, gatewayId: 'another-make', bootId: session, ...who })
  const at = (seq: number) => ({ wallUs: Date.now() * 1000 + seq, elapsedUs: seq })
  const text = "SELECT 'vault.internal'"
  const statement = { text, mode: 'simple' as const, prepared: null, params: [], kind: 'SELECT', tables: [], transaction: 'idle' as const }
  const events = [
    chain.next('session.started', { client: null, database: null, tls: true }, at(0)),
    chain.next('sql.statement', statement, at(1)),
    chain.next('session.ended', { reason: 'client', message: null }, at(2)),
  ]
  return events.map((encoded) => {
    const { hash: _, prevHash: __, observables: ___, elapsedUs: ____, ...rest } = JSON.parse(String(encoded))
    return JSON.stringify({ ...rest, madeBy: 'another make' })
  })
}

describe('hoptrace publish', () => {
  it('names bad lines by file, number and reason, keeps the others, and twice adds nothing', async () => {
    const file = join(served.home, 'recorded.jsonl')
    const [started, ...rest] = recorded()
    writeFileSync(file, [started, 'nonsense', ...rest, '{"v":2}'].join('\n'))
    for (const _ of [1, 2]) {
      const { code, stdout, stderr } = await served.run(['publish', file])
      expect([code, stdout]).toEqual([1, '3 of 5 lines published, 2 refused.\n'])
      expect(stderr).toContain(`${file}:2: not-json\n${file}:5: unknown-version at v\n`)
    }
    expect((await served.run(['sessions', 'show', session])).stdout).toContain('vault.internal')
    expect(await served.run(['verify', '--session', session])).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^1 sessions: 1 complete/),
    })
  })

  it('says of a file that is not there that it is not', async () => {
    expect(await served.run(['publish', '/nowhere.jsonl'])).toMatchObject({ code: 2, stderr: expect.stringContaining('/nowhere.jsonl') })
  })
})

describe('hoptrace dead-letters replay', () => {
  it.each([
    ['a letter that is not there', ['0'.repeat(64)], 3],
    ['neither ids nor a reason', [], 2],
    ['a reason that no letter has', ['--reason', 'store-refused'], 0],
  ])('ends for %s by its code', async (_, args, code) => {
    expect(await served.run(['dead-letters', 'replay', ...args])).toMatchObject({ code })
  })
})

describe('hoptrace holds', () => {
  const json = async (args: readonly string[]): Promise<unknown> => JSON.parse((await served.run([...args, '--json'])).stdout)

  it('places one with its reason, lists who placed it, and releases it', async () => {
    const placed = await json(['holds', 'add', '--session', session, '--reason', 'case 7'])
    expect(placed).toMatchObject({ scope: { kind: 'session', sessionId: session }, reason: 'case 7', placedBy: 'operator' })
    const { id } = placed as { id: string }
    expect((await served.run(['holds', 'list', '--open'])).stdout).toMatch(new RegExp(`${id}\\s+session ${session}\\s+case 7`))
    expect(await served.run(['holds', 'release', id])).toMatchObject({ code: 0, stdout: `Released: ${id}\n` })
    expect((await served.run(['holds', 'list', '--open'])).stdout).toBe('No holds.\n')
    expect(await json(['holds', 'list'])).toMatchObject([{ id, released: { by: 'operator' } }])
  })

  it.each([
    ['nothing to keep', ['--reason', 'x'], 2],
    ['two things at once', ['--session', session, '--chain', 'c'.repeat(32), '--reason', 'x'], 2],
    ['half a range', ['--from', '2026-01-01T00:00:00Z', '--reason', 'x'], 2],
    ['no reason', ['--session', session], 2],
    ['a session that is not there', ['--session', '00000000-0000-7000-8000-000000000000', '--reason', 'x'], 3],
  ])('ends for %s by its code', async (_, args, code) => {
    expect(await served.run(['holds', 'add', ...args])).toMatchObject({ code })
  })
})
