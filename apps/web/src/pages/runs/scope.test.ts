import { expect, it } from 'vitest'
import { scopeOf } from './scope.ts'

const grant = { target: 'prod', protocol: 'kubernetes' as const }

it('says what a grant is narrowed to, in one line', () => {
  expect(scopeOf({ ...grant, kubernetes: { verbs: ['get', 'list'], resources: ['pods'], namespaces: ['shop'] } })).toBe(
    'get, list pods in shop',
  )
  expect(scopeOf({ ...grant, kubernetes: { namespaces: ['shop'] } })).toBe('any verb anything in shop')
  expect(scopeOf({ target: 'billing', protocol: 'http', http: { methods: ['GET'], paths: ['/v1/**'] } })).toBe('GET /v1/**')
})

it('says nothing of a grant that reaches everything', () => {
  expect([scopeOf(grant), scopeOf({ ...grant, kubernetes: {} }), scopeOf({ ...grant, http: {} })]).toEqual(['', '', ''])
})
