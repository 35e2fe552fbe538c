import { randomBytes } from 'node:crypto'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { digestValue, grantText, readGrant } from '@hoptrace/events'
import { describe, expect, it } from 'vitest'
import { SystemClock } from '../recording/clock.ts'
import { aDigestKey, anOrigin, aSpoolDir, eventsIn, openRecordings } from '../recording/recordings.test-support.ts'
import type { Admitted } from './access-control.ts'
import { GatewayAccess } from './gateway-access.ts'
import { MintRequest } from './mint.ts'
import { RunLog } from './run-log.ts'
import { RunRegistry } from './run-registry.ts'
import { Target } from './target.ts'
import { TargetDirectory } from './target-directory.ts'

const common = { account: 'svc', credential: 'caller' }
const targets = [
  Target.parse({ ...common, name: 'billing', protocol: 'http', address: '10.0.0.5:8080', aliases: ['billing.internal'] }),
  Target.parse({ ...common, name: 'prod', protocol: 'kubernetes', address: '10.0.0.1:6443' }),
]
const OPERATOR = { kind: 'operator', name: 'ana' } as const

function grant(text: string) {
  const read = readGrant(text)
  if (read.kind === 'invalid') throw new Error(read.problem)
  return read.grant
}

/** A run that holds these grants, at a gateway. */
function aRunWith(...grants: string[]) {
  const dir = aSpoolDir()
  const recordings = openRecordings(dir)
  const logPath = join(mkdtempSync(join(tmpdir(), 'hoptrace-runs-')), 'runs.log')
  let nowUs = 1_700_000_000_000_000
  const runs = new RunRegistry(new RunLog(logPath), { wallUs: () => nowUs, monotonicUs: () => nowUs }, randomBytes)
  const spool = { isFull: false }
  const access = new GatewayAccess(runs, new TargetDirectory(targets), recordings, spool)
  const request = { principal: 'agent-a', task: '', ttlSeconds: 600, grants: grants.map(grant) }
  const { minted, token } = runs.mint(request, OPERATOR)
  if (minted.kind !== 'run') throw new Error(minted.message)
  const http = (action: string, secret = token) => {
    const [method = '', path = ''] = action.split(' ')
    const scope = { http: { method, path, isOverridden: false } }
    const asked = { target: 'billing.internal', account: null, database: null, action, scope }
    return { protocol: 'http' as const, presented: { method: 'bearer' as const, secret }, asked, origin: anOrigin }
  }
  const decided = async () => {
    await recordings.close()
    return eventsIn(dir).filter((event) => event.type === 'access.decided')
  }
  const pass = (seconds: number) => {
    nowUs += seconds * 1_000_000
  }
  return { access, logPath, runs, run: minted.run, token, spool, http, recordings, decided, pass }
}

function admitted(admission: ReturnType<GatewayAccess['admit']>): Admitted {
  if (admission.kind === 'deny') throw new Error(admission.message)
  return admission
}

describe('admitting a request', () => {
  it('finds the run, the target by its alias, and the one of several grants that includes it; and opens nothing', async () => {
    const { access, http, run, recordings, decided } = aRunWith('billing:http,methods=GET', 'billing:http,methods=POST,paths=/v1/invoices')
    const admission = admitted(access.admit(http('POST /v1/invoices')))
    expect(admission).toMatchObject({ run: { id: run.id }, target: { name: 'billing' }, grant: { http: { methods: ['POST'] } } })
    expect(recordings.openCount).toBe(0)
    expect(await decided()).toEqual([])
  })

  it('refuses what no grant includes, and records what was asked and with which token', async () => {
    const { access, http, token, run, decided } = aRunWith('billing:http,methods=GET', 'billing:http,paths=/v1/**')
    expect(access.admit(http('DELETE /v2/invoices/7'))).toMatchObject({ kind: 'deny', reason: 'not-granted' })
    const [denied, ...others] = await decided()
    expect(others).toEqual([])
    expect(denied?.body).toMatchObject({
      ...{ decision: 'deny', reason: 'not-granted', method: 'bearer', by: { run: run.id } },
      asked: { protocol: 'http', target: 'billing.internal', action: 'DELETE /v2/invoices/7' },
    })
    expect(denied?.observables).toContainEqual(
      expect.objectContaining({ kind: 'credential', role: 'presented', digest: digestValue(aDigestKey, 'credential', token) }),
    )
    expect(JSON.stringify(denied)).not.toContain(token)
  })

  it('cuts what was asked, which a stranger chose, and strips its controls', async () => {
    const { access, http, decided } = aRunWith('billing:http')
    access.admit(http(`GET /\u001b[2J${'a'.repeat(5000)}`, 'hop_nobodys'))
    const actions = (await decided()).map((event) => (event.type === 'access.decided' ? (event.body.asked.action ?? '') : ''))
    expect(actions.map((action) => [action.length, /\p{Cc}/u.test(action)])).toEqual([[1024, false]])
  })

  it('goes on in a session that is open while no other can be opened', () => {
    const { access, http, spool } = aRunWith('billing:http')
    const request = http('GET /')
    expect(access.open(request, admitted(access.admit(request))).kind).toBe('open')
    spool.isFull = true
    expect(access.admit(request).kind).toBe('allow')
  })

  it('ends with the run', () => {
    const { access, http, runs, run, pass } = aRunWith('billing:http')
    const expired = aRunWith('billing:http')
    expired.pass(601)
    expect(expired.access.admit(expired.http('GET /'))).toMatchObject({ reason: 'expired' })
    pass(1)
    runs.revoke(run.id, 'ana', '')
    expect(access.admit(http('GET /'))).toMatchObject({ reason: 'revoked' })
  })
})

describe('a scope', () => {
  it('is remembered by a gateway that starts again', () => {
    const texts = ['prod:kubernetes+forward,namespaces=shop,resources=pods/*,verbs=get', 'billing:http,methods=GET,paths=/v1/**']
    const { logPath, token } = aRunWith(...texts)
    const again = new RunRegistry(new RunLog(logPath), new SystemClock(), randomBytes)
    expect(again.findByToken(token)?.run.grants.map(grantText)).toEqual(texts)
  })
})

describe('opening a recording', () => {
  it('puts the decision on record, with what was asked first', async () => {
    const { access, http, run, decided } = aRunWith('billing:http')
    const request = http('GET /v1/invoices/7')
    expect(access.open(request, admitted(access.admit(request))).kind).toBe('open')
    const [allowed] = await decided()
    expect(allowed).toMatchObject({
      ...{ run: run.id, target: { name: 'billing', protocol: 'http', address: '10.0.0.5:8080', account: 'svc' } },
      body: { decision: 'allow', method: 'bearer', asked: { action: 'GET /v1/invoices/7' } },
    })
  })

  it('is refused, and that is recorded, where nothing more can be recorded now', async () => {
    const { access, http, spool, decided } = aRunWith('billing:http')
    const request = http('GET /')
    const admission = admitted(access.admit(request))
    spool.isFull = true
    expect(access.open(request, admission)).toMatchObject({ kind: 'deny', reason: 'recording-unavailable' })
    expect((await decided()).map(({ body }) => body)).toMatchObject([{ decision: 'deny', reason: 'recording-unavailable' }])
  })
})

describe('a child run', () => {
  const narrow = 'prod:kubernetes,namespaces=shop,resources=pods/*,verbs=get|list'
  const child = (parent: ReturnType<typeof aRunWith>, text: string) =>
    parent.runs.mint({ principal: 'helper', task: '', ttlSeconds: 60, grants: [grant(text)] }, { kind: 'run', run: parent.run }).minted

  it('gets a narrower grant than its parent holds', () => {
    const text = 'prod:kubernetes,namespaces=shop,resources=pods,verbs=get'
    expect(child(aRunWith(narrow), text)).toMatchObject({ kind: 'run', run: { grants: [grant(text)] } })
  })

  it.each([
    'prod:kubernetes',
    'prod:kubernetes,namespaces=shop,resources=pods/*',
    'prod:kubernetes,namespaces=kube-system,resources=pods,verbs=get',
    'prod:kubernetes+forward,namespaces=shop,resources=pods/*,verbs=get',
    'billing:http',
  ])('does not get %s, and hears what it lacks', (text) => {
    expect(child(aRunWith(narrow), text)).toMatchObject({
      kind: 'refused',
      reason: 'grant-not-held',
      message: expect.stringContaining(text),
    })
  })

  it('does not get together what its parent holds in two grants', () => {
    expect(child(aRunWith('billing:http,methods=GET', 'billing:http,methods=POST'), 'billing:http,methods=GET|POST').kind).toBe('refused')
  })

  it('has its attempt recorded with the scope that it asked for', async () => {
    const parent = aRunWith(narrow)
    parent.access.refuseMint(parent.run, grant('prod:kubernetes,verbs=delete'), 'no')
    const [denied] = await parent.decided()
    expect(denied?.body).toMatchObject({
      asked: { target: 'prod', action: 'delegate prod:kubernetes,verbs=delete' },
      by: { run: parent.run.id },
    })
  })
})

describe('a mint', () => {
  const asked = { principal: 'agent-a', ttlSeconds: 60 }

  it.each([
    ['a misspelt scope', { target: 'prod', protocol: 'kubernetes', kubernetes: { namespace: ['shop'] } }],
    ['the scope of another protocol', { target: 'prod', protocol: 'kubernetes', http: { methods: ['GET'] } }],
    ['a pattern that matches nothing', { target: 'billing', protocol: 'http', http: { paths: ['/v1/../v2'] } }],
    ['more patterns than a grant may have', { target: 'billing', protocol: 'http', http: { paths: Array(65).fill('/v1') } }],
  ])('is refused with %s', (_, wrong) => {
    expect(MintRequest.safeParse({ ...asked, grants: [wrong] }).success).toBe(false)
  })

  it('is refused with more patterns in all than each request can be held against', () => {
    const grants = (count: number) => Array(count).fill({ target: 'billing', protocol: 'http', http: { paths: Array(64).fill('/v1') } })
    expect([16, 17].map((count) => MintRequest.safeParse({ ...asked, grants: grants(count) }).success)).toEqual([true, false])
  })

  it('that is refused for a run token in the wrong place does not tell the token', async () => {
    const { access, http, token, decided } = aRunWith('billing:http')
    const request = http(`GET /v1/${token}`, 'guess')
    access.refuse(
      { ...request, asked: { ...request.asked, target: token, database: token } },
      'malformed',
      'the run token stands in the path',
    )
    const stars = '*'.repeat(token.length)
    expect((await decided()).map(({ body }) => body)).toMatchObject([
      { asked: { target: stars, database: stars, action: `GET /v1/${stars}` } },
    ])
  })
})
