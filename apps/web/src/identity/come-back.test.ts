import { describe, expect, it } from 'vitest'
import { comeBackTo, signInUrl } from './come-back.ts'

describe('after signing in', () => {
  it('one is back at the page that was asked for, down to the moment', () => {
    expect(comeBackTo('/sessions/1?seq=412&ms=137')).toBe('/sessions/1?seq=412&ms=137')
  })
  it('one is at the page that the login page was opened for', () => {
    expect(comeBackTo('/login?to=%2Fchains%3Ftarget%3Dorders')).toBe('/chains?target=orders')
    expect(comeBackTo('/login')).toBe('/')
  })
  it('one is never led to another server', () => {
    for (const to of ['//evil.example/x', 'https://evil.example', '/login?to=//evil.example', '/login?to=/login']) {
      expect(comeBackTo(to)).toBe('/')
    }
  })
  it('the provider is told where, whole', () => {
    expect(signInUrl('/login/oidc', '/sessions?q=a b&x=1')).toBe('/login/oidc?to=%2Fsessions%3Fq%3Da+b%26x%3D1')
  })
})
