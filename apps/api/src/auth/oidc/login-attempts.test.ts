import { describe, expect, it } from 'vitest'
import { LoginAttempts } from './login-attempts.ts'

const attempt = { state: 's', nonce: 'n', verifier: 'v', to: '/chains' }
const attempts = (isSecure: boolean) => new LoginAttempts('a secret of tests', isSecure, Date.now)
const pairOf = (set: string) => set.split(';', 1)[0] ?? ''

describe('a sign-in that has begun', () => {
  it('is known by its cookie', async () => {
    expect(await attempts(false).open(pairOf(await attempts(false).seal(attempt)))).toMatchObject(attempt)
    expect(await attempts(false).open('hoptrace_sign_in=another')).toBeNull()
  })

  // A sibling's host could give its visitor a cookie of its own sign-in: the visitor would come back as somebody else.
  it('cannot be set by another host where the server has https', async () => {
    const secure = attempts(true)
    for (const set of [await secure.seal(attempt), secure.clear()])
      expect(set).toMatch(/^__Host-hoptrace_sign_in=[^;]*; Path=\/; .*; Secure$/)
    const pair = pairOf(await secure.seal(attempt))
    expect(await secure.open(pair)).toMatchObject(attempt)
    expect(await secure.open(pair.replace('__Host-', ''))).toBeNull()
  })
})
