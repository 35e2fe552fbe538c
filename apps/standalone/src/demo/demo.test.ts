import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Demo, startDemo } from './demo.ts'
import { castOf } from './seeded.ts'
import { describeWorkbench } from './workbench.test-support.ts'

type End = { sessionId: string; seq: number }
type Evidence = { class: string; from: End; to: End; fromAt: string | null; observable: { value: string | null } | null }
type Node = { id: string; kind: string; protocol: string; target: string; principal: string | null; denyReason: string | null }
type Alert = {
  sentence: string
  findings: { rule: { title: string } }[]
  rotate: { target: string; wasAccepted: boolean; owner: string | null }[]
  open: { liveRuns: string[] }
  baseline: { isWarm: boolean } | null
}
type Chain = {
  nodes: Node[]
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

  const edgeTo = (target: string) => chain.edges.find((edge) => edge.to === node(target)?.id)
  const eventAt = async ({ sessionId, seq }: End) => {
    const { contents } = (await get(`/sessions/${sessionId}/events/${seq}`)) as { contents: { event: unknown }[] }
    return contents[0]?.event
  }

  it('links four protocols in one chain, and to it what was refused', () => {
    expect(chain.nodes.map(({ kind, protocol, target }) => `${kind} ${protocol} ${target}`).sort()).toEqual(
      [
        'session postgres orders',
        'session ssh bastion',
        'session kubernetes prod',
        'session http billing',
        `refused kubernetes ${cast.clusterHost}`,
        `refused postgres ${cast.ledgerHost}`,
        `refused postgres ${cast.payrollHost}`,
      ].sort(),
    )
    expect(edgeTo('prod')?.from).toBe(node('bastion')?.id)
    expect(edgeTo('billing')?.from).toBe(node('prod')?.id)
  })

  it('shows that the cluster was named in a file on the bastion, for the requests that were let in and the one that was not', () => {
    for (const target of ['prod', cast.clusterHost]) {
      expect(evidenceTo(target)[0]).toMatchObject({ class: 'target-flow', fromAt: '/data/utf8', observable: { value: cast.clusterHost } })
      expect(edgeTo(target)?.from).toBe(node('bastion')?.id)
    }
    expect(node(cast.clusterHost)).toMatchObject({ denyReason: 'not-granted', principal: 'operator-agent' })
  })

  it('shows that the request to the service presented the token that a shell in a pod had printed, and points at both', async () => {
    const flow = evidenceTo('billing').find((evidence) => evidence.class === 'credential-flow')
    expect(flow).toMatchObject({ observable: { value: null }, fromAt: '/data/utf8' })
    if (!flow) return
    expect(await eventAt(flow.from)).toMatchObject({ type: 'terminal.output', target: { name: 'prod' } })
    expect(await eventAt(flow.to)).toMatchObject({ type: 'http.request', body: { path: '/v1/invoices', host: cast.billingHost } })
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

  it('links nothing of the honest task, though it went to three of the same targets', async () => {
    const { items } = (await get('/chains')) as { items: { principals: string[] }[] }
    expect(items.filter(({ principals }) => principals.includes('report-agent'))).toEqual([])
    const { items: sessions } = (await get('/sessions?principal=report-agent')) as { items: { protocol: string }[] }
    expect(sessions.map(({ protocol }) => protocol).sort()).toEqual(['http', 'kubernetes', 'postgres'])
  })

  it('raises one alert about the misdirected task, for a person at once, and none about the honest one', async () => {
    const { items } = (await get('/alerts')) as { items: { id: string; response: string; severity: string; principal: string }[] }
    expect(items).toEqual([
      expect.objectContaining({
        id: demo.alertId,
        chainId: demo.chainId,
        response: 'page',
        severity: 'critical',
        principal: 'operator-agent',
      }),
    ])
  })

  it('says in that alert what was opened by which secret, what else speaks for it, and what is to be rotated', async () => {
    const alert = (await get(`/alerts/${demo.alertId}`)) as Alert
    expect(alert.sentence).toMatch(/^operator-agent on behalf of planner-agent used a credential \(\w{8}\) .* at http billing .*accepted$/)
    expect(alert.findings.map(({ rule }) => rule.title)).toEqual(
      expect.arrayContaining([
        'A database, then SSH, then a change in a cluster',
        'A secret read in one place was used in another',
        'A credential that was found opened a privileged target',
      ]),
    )
    expect(alert.rotate.map(({ target, wasAccepted, owner }) => [target, wasAccepted, owner])).toContainEqual([
      'billing',
      true,
      'payments@example.com',
    ])
    expect(alert.open.liveRuns).toEqual(expect.arrayContaining([demo.told.operator.id, demo.told.planner.id]))
    expect(alert.baseline).toMatchObject({ isWarm: true })
  })

  it('has recorded every session whole', async () => {
    const { items } = (await get('/verify')) as { items: { completeness: string }[] }
    expect(new Set(items.map((item) => item.completeness))).toEqual(new Set(['complete', 'unfinished']))
    // Sessions over HTTP end some seconds after their last request.
    const completeness = async () => {
      const { items: sessions } = (await get('/sessions')) as { items: { completeness: string }[] }
      return [...new Set(sessions.map((session) => session.completeness))]
    }
    await expect.poll(completeness, { timeout: 30_000 }).toEqual(['complete'])
  })

  it('keeps the targets’ own credentials and the run tokens out of everything recorded', () => {
    const spool = join(demo.dataDir, 'spool')
    const recorded = readdirSync(spool).map((file) => readFileSync(join(spool, file)))
    const secrets = [demo.told.planner.token, demo.told.operator.token, ...demo.targetSecrets, cast.reportingToken]
    for (const secret of secrets) expect(recorded.some((bytes) => bytes.includes(secret))).toBe(false)
  })

  // Last, since it revokes a run.
  if (seed === 'one') describeWorkbench(() => demo)
})

it('tells another story with another seed', () => {
  expect(castOf('one')).toEqual(castOf('one'))
  for (const key of ['bastionHost', 'ledgerHost', 'ledgerPassword', 'clusterHost', 'syncPod', 'billingToken'] as const)
    expect(castOf('one')[key]).not.toBe(castOf('two')[key])
})
