import { describe, expect, it } from 'vitest'
import type { AccessFacts } from '../facts/facts.ts'
import { aChain, anAccess } from '../testing.ts'
import { evasionsOf } from './evasion.ts'

const OTHER_RUN = '01928b2f-0000-7000-8000-000000000002'
const aRefusal = (n: number, over: Partial<AccessFacts> = {}) =>
  anAccess({
    id: `r${n}`,
    second: n,
    protocol: 'ssh',
    target: 'vault',
    account: 'root',
    kind: 'refused',
    denyReason: 'not-granted',
    ...over,
  })

describe('an evasion', () => {
  it('is seen however often the same was refused before', () => {
    const knocks = Array.from({ length: 100 }, (_, n) => aRefusal(n))
    const byHttp = aRefusal(200, { protocol: 'http' })
    const login = anAccess({ id: 'login', second: 300, protocol: 'ssh', target: 'vault', account: 'root' })
    expect(evasionsOf(aChain([...knocks, login], [])).size).toBe(0)
    expect(evasionsOf(aChain([...knocks, byHttp, login], [])).get('login')?.refused.id).toBe('r200')
  })

  it('is seen behind guesses of an account, of which the right one explains itself', () => {
    const guesses = Array.from({ length: 100 }, (_, n) =>
      aRefusal(n + 1, { account: `a${n}`, run: OTHER_RUN, denyReason: 'wrong-account' }),
    )
    const login = anAccess({ id: 'login', second: 300, protocol: 'ssh', target: 'vault', account: 'root', run: OTHER_RUN })
    expect(evasionsOf(aChain([...guesses, login], [])).size).toBe(0)
    expect(evasionsOf(aChain([aRefusal(0), ...guesses, login], [])).get('login')?.refused.id).toBe('r0')
  })
})
