import { describe, expect, it } from 'vitest'
import { hopOf, summaryOfChain } from './chain-answer.ts'

const SENTENCE = 'ssh bastion used the URL https://x.example/a?access_token=hunter seen in postgres orders-db1a2b'
const evidence = {
  class: 'target-flow' as const,
  score: 4000,
  from: null,
  to: null,
  observable: { kind: 'url', digest: '0'.repeat(32), value: 'https://x.example/a?access_token=hunter' },
  sentence: SENTENCE,
}

describe('a hop', () => {
  it('names the values that flowed without the secrets in them', () => {
    const ends = { id: '1', fromAccess: 'a', toAccess: 'b', class: 'target-flow' as const, score: 4000, alternatives: '[]' }
    const hop = hopOf({ ...ends, sentence: SENTENCE, evidence: JSON.stringify([evidence, { ...evidence, sentence: undefined }]) })
    expect(JSON.stringify(hop)).not.toContain('hunter')
    expect(hop.evidence[0]?.sentence).toBe(
      'ssh bastion used the URL https://x.example/a?access_token=•••••• seen in postgres orders-db1a2b',
    )
  })
})

describe('a chain', () => {
  it('is not called by a secret', () => {
    const said = { rootPrincipals: [], principals: [], protocols: [], targets: ['orders'], classes: [] }
    const counted = { firstUs: 0, lastUs: 0, hops: 1, accesses: 2, refused: 0, weakestScore: 0 }
    const { title } = summaryOfChain({ id: '1', redirectTo: '', title: SENTENCE, ...said, ...counted }, true)
    expect(title).toBe('ssh bastion used the URL https://x.example/a?access_token=•••••• seen in postgres orders-db1a2b')
  })
})
