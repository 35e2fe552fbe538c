import { describe, expect, it } from 'vitest'
import { defaultAlertPolicy } from './alert-policy.ts'
import { AlertSettings, policyIn } from './alert-settings.ts'

const hook = { name: 'pager', url: 'https://pager.example/hook', secret: { env: 'PAGER_SECRET' } }

describe('the section alerts of the configuration', () => {
  it('is the default policy, and tells nobody, when it is empty', () => {
    expect(AlertSettings.parse({})).toEqual({ ...defaultAlertPolicy, destinations: [] })
    expect(policyIn(AlertSettings.parse({ destinations: [hook] }))).toEqual(defaultAlertPolicy)
  })

  it('tells pages alone, and nobody in a private network, unless it says so', () => {
    expect(AlertSettings.parse({ destinations: [hook] }).destinations).toEqual([
      { ...hook, kind: 'webhook', from: 'page', allowPrivateAddresses: false },
    ])
  })

  it.each([
    ['a webhook without a secret', { ...hook, secret: undefined }],
    ['a secret that is written down', { ...hook, secret: 'hunter2' }],
    ['an address that is no web address', { ...hook, url: 'file:///etc/passwd' }],
    ['an unknown setting', { ...hook, retries: 9 }],
  ])('refuses %s', (_, destination) => {
    expect(AlertSettings.safeParse({ destinations: [destination] }).success).toBe(false)
  })

  it('refuses two destinations of one name', () => {
    expect(AlertSettings.safeParse({ destinations: [hook, hook] }).success).toBe(false)
  })
})
