import { describe, expect, it } from 'vitest'
import { arrows, aSession, link } from './testing.ts'

const MANY = 100_000

describe('sessions made to cost a lot', () => {
  it('link by a hundred thousand secrets as by one', () => {
    const secrets = Array.from({ length: MANY }, (_, n) => `secret-${n}`)
    const dump = aSession({ id: 'sql', at: 0, seen: secrets.map((secret) => ['answered', 'credential', secret]) })
    const login = aSession({ id: 'ssh', at: 5, seen: secrets.map((secret) => ['presented', 'credential', secret]) })
    const hops = link([dump, login])
    expect(arrows(hops)).toEqual(['sql>ssh credential-flow'])
    expect(JSON.stringify(hops).length).toBeLessThan(10_000)
  })

  it('link by one secret that was answered and presented a hundred thousand times', () => {
    const dump = aSession({ id: 'sql', at: 0, seen: Array.from({ length: MANY }, () => ['answered', 'credential', 'secret']) })
    const login = aSession({ id: 'ssh', at: 5, seen: Array.from({ length: MANY }, () => ['presented', 'credential', 'secret']) })
    expect(arrows(link([dump, login]))).toEqual(['sql>ssh credential-flow'])
  })

  it('name ten thousand places, of which the first 64 that nobody reached are nodes', () => {
    const names = Array.from({ length: 10_000 }, (_, n) => `host-${n}.internal`)
    const shell = aSession({ id: 'ssh', at: 0, until: 9, seen: names.map((name) => ['named', 'host', name]) })
    expect(link([shell], { through: 60 })).toHaveLength(64)
  })
})

describe('addresses that are written to be read otherwise', () => {
  it.each(['167772161', '0x0a000001', '10.1', '010.0.0.1', '0xa.0.0.1'])('are places inside: %s', (host) => {
    const shell = aSession({ id: 'ssh', at: 0, until: 9, seen: [['named', 'host', host]] })
    expect(link([shell], { through: 60 })).toHaveLength(1)
  })

  it.each(['8.8.8.8.example.com', 'v1.2.3', '127.1'])('are not: %s', (host) => {
    const shell = aSession({ id: 'ssh', at: 0, until: 9, seen: [['named', 'host', host]] })
    expect(link([shell], { through: 60 })).toEqual([])
  })
})
