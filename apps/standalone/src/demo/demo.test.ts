import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Demo, startDemo } from './demo.ts'
import { castOf } from './seeded.ts'
import { describeWorkbench } from './workbench.test-support.ts'

type Evidence = { class: string; fromAt: string | null; observable: { value: string | null } | null }
type Chain = {
  nodes: { id: string; kind: string; target: string; principal: string | null; denyReason: string | null }[]
  edges: { from: string; to: string; evidence: Evidence[]; alternatives: { from: string; class: string }[] }[]
}

describe.each(['one', 'two'])('the demo with seed %s', (seed) => {
  const cast = castOf(seed)
  let demo: Demo
  let chain: Chain

  const get = async (path: string) => {
    const response = await fetch(`${demo.apiUrl}/api/v1${path}`, { headers: { authorization: `Bearer ${demo.operatorToken}` } })
    expect(response.status).toBe(200)
    return response.json()
  }

  beforeAll(async () => {
    demo = await startDemo(seed, () => undefined)
    chain = (await get(`/chains/${demo.chainId}`)) as Chain
  })
  afterAll(() => demo?.stop())

  const node = (target: string) => chain.nodes.find((access) => access.target === target)
  const evidenceTo = (target: string) => chain.edges.find((edge) => edge.to === node(target)?.id)?.evidence ?? []

  it('links the database to the shell of the nested agent, and both to what was refused', () => {
    expect(chain.nodes.map(({ kind, target }) => `${kind} ${target}`).sort()).toEqual(
      ['session orders', 'session bastion', `refused ${cast.ledgerHost}`, `refused ${cast.payrollHost}`].sort(),
    )
  })

  it('shows that the nested agent reached a host whose name stood in the answer, under a run that the planner minted', () => {
    expect(evidenceTo('bastion').map((evidence) => evidence.class)).toEqual(expect.arrayContaining(['delegation', 'target-flow']))
    const flow = evidenceTo('bastion').find((evidence) => evidence.class === 'target-flow')
    expect(flow).toMatchObject({ observable: { value: cast.bastionHost }, fromAt: expect.stringMatching(/^\/sample\/\d+\/1$/) })
  })

  it('shows that the refused login presented the password that stood in the answer, and never the password', () => {
    const flow = evidenceTo(cast.ledgerHost).find((evidence) => evidence.class === 'credential-flow')
    expect(flow).toMatchObject({ observable: { value: null } })
    expect(node(cast.ledgerHost)).toMatchObject({ denyReason: 'unknown-token' })
  })

  it('offers the shell, whose screen named the same host, as what else may have led to that login', () => {
    const refused = chain.edges.find((edge) => edge.to === node(cast.ledgerHost)?.id)
    expect(refused?.alternatives).toEqual([expect.objectContaining({ from: node('bastion')?.id, class: 'target-flow' })])
  })

  it('records the attempt outside the grants as the planner’s', () => {
    expect(node(cast.payrollHost)).toMatchObject({ denyReason: 'not-granted', principal: 'planner-agent' })
  })

  it('links nothing of the honest task', async () => {
    const { items } = (await get('/chains')) as { items: { principals: string[] }[] }
    expect(items.filter(({ principals }) => principals.includes('report-agent'))).toEqual([])
  })

  it('has recorded every session whole', async () => {
    const { items } = (await get('/verify')) as { items: { completeness: string }[] }
    expect(new Set(items.map((item) => item.completeness))).toEqual(new Set(['complete', 'unfinished']))
    const { items: sessions } = (await get('/sessions')) as { items: { completeness: string }[] }
    expect(new Set(sessions.map((session) => session.completeness))).toEqual(new Set(['complete']))
  })

  it('keeps the targets’ own credentials and the run tokens out of everything recorded', () => {
    const spool = join(demo.dataDir, 'spool')
    const recorded = readdirSync(spool).map((file) => readFileSync(join(spool, file)))
    const secrets = [demo.told.planner.token, demo.told.operator.token, ...demo.targetSecrets]
    for (const secret of secrets) expect(recorded.some((bytes) => bytes.includes(secret))).toBe(false)
  })

  // Last, since it revokes a run.
  if (seed === 'one') describeWorkbench(() => demo)
})

it('tells another story with another seed', () => {
  expect(castOf('one')).toEqual(castOf('one'))
  for (const key of ['bastionHost', 'ledgerHost', 'ledgerPassword'] as const) expect(castOf('one')[key]).not.toBe(castOf('two')[key])
})
