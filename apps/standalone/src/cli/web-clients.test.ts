import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { join } from 'node:path'
import { type FakeKubernetes, startFakeKubernetes } from '@hoptrace/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ServedHoptrace } from './served.test-support.ts'

const missing = ['kubectl', 'curl'].find((tool) => spawnSync(tool, ['--help']).error) ?? null
if (missing !== null && process.env.CI === 'true') throw new Error(`These tests need ${missing}`)

type Started = { token: string; commands: { command: string }[]; writtenCommands: string[]; run: { id: string } }

describe.skipIf(missing !== null)(`kubectl and curl with the files of a run${missing === null ? '' : ` (skipped: no ${missing})`}`, () => {
  let fake: FakeKubernetes
  let web: Server
  let served: ServedHoptrace
  let started: Started
  const grants = ['prod:kubernetes,namespaces=shop,resources=pods|configmaps,verbs=get|list', 'billing:http,methods=GET,paths=/api/v1/**']

  beforeAll(async () => {
    fake = await startFakeKubernetes()
    fake.create({ kind: 'Namespace', metadata: { name: 'shop' } })
    fake.create({ kind: 'ConfigMap', metadata: { name: 'prices', namespace: 'shop' }, data: { tea: '3' } })
    web = createServer((request, response) => response.end(`${request.url} as ${request.headers.authorization}\n`)).listen(0, '127.0.0.1')
    await once(web, 'listening')
    const at = web.address()
    const targets = [
      {
        ...{ name: 'prod', protocol: 'kubernetes', address: `127.0.0.1:${fake.port}`, account: 'gateway-sa', ca: 'ca.pem' },
        credential: { token: { env: 'PROD' } },
      },
      {
        ...{
          name: 'billing',
          protocol: 'http',
          address: `127.0.0.1:${typeof at === 'object' ? at?.port : 0}`,
          account: 'svc',
          basePath: '/api',
        },
        credential: { bearer: { env: 'BILLING' } },
      },
    ]
    served = await ServedHoptrace.start(targets, { PROD: fake.token, BILLING: 'the-gateways-own' })
    writeFileSync(join(served.home, 'ca.pem'), fake.ca)
    const start = ['run', 'start', '--principal', 'report-agent', '--ttl', '1h', '--write', 'run', '--json']
    const { stdout } = await served.run([...start, ...grants.flatMap((grant) => ['--grant', grant])])
    started = JSON.parse(stdout) as Started
  })
  afterAll(async () => {
    await served?.stop()
    web?.close()
    await fake?.stop()
  })

  it('are written for their owner alone', () => {
    expect(readdirSync(join(served.home, 'run'))).toEqual(expect.arrayContaining(['kubeconfig', 'curlrc']))
    for (const file of ['kubeconfig', 'curlrc']) expect(statSync(join(served.home, 'run', file)).mode & 0o777).toBe(0o600)
  })

  it('let kubectl in, in the one namespace that is granted', async () => {
    expect(started.writtenCommands[0]).toBe(`kubectl --kubeconfig ${join(served.home, 'run', 'kubeconfig')} --context prod get pods`)
    const kubectl = (args: string) => served.shell(`kubectl --kubeconfig run/kubeconfig ${args}`)
    expect(await kubectl("get configmap prices -o 'jsonpath={.data.tea}'")).toEqual({ code: 0, stdout: '3', stderr: '' })
    expect(await kubectl('get configmap -n kube-system')).toMatchObject({ code: 1, stderr: expect.stringMatching(/Forbidden|forbidden/) })
    expect(await kubectl('delete configmap prices')).toMatchObject({ code: 1 })
    expect(fake.find('configmaps', 'shop', 'prices')).not.toBeNull()
    expect(fake.requests.map(({ headers }) => headers.authorization)).not.toContain(`Bearer ${started.token}`)
  })

  it('let curl in, to the paths that are granted, with the credential of the gateway', async () => {
    const [, command = ''] = started.writtenCommands
    expect(command).not.toContain(started.token)
    expect(await served.shell(`${command.replace('curl', 'curl -sS')}v1/invoices/7?x=1`)).toEqual({
      ...{ code: 0, stderr: '' },
      stdout: '/api/v1/invoices/7?x=1 as Bearer the-gateways-own\n',
    })
    const refused = await served.shell(`${command.replace('curl', 'curl -sS -X DELETE')}v1/invoices/7`)
    expect(JSON.parse(refused.stdout)).toMatchObject({ status: 403, reason: 'not-granted' })
  })

  it('are checked like other targets', async () => {
    const { code, stdout } = await served.run(['targets', 'check'])
    expect([code, stdout]).toEqual([0, expect.stringMatching(/^prod +kubernetes +ok/m)])
    expect(stdout).toMatch(/^billing +http +ok/m)
  })

  it('come with what was granted, wherever the run is listed', async () => {
    const { stdout } = await served.run(['run', 'list'])
    for (const grant of grants) expect(stdout).toContain(grant)
  })

  it('are for a child no wider than the run', async () => {
    const child = (grant: string) =>
      served.run(['run', 'start', '--principal', 'helper', '--ttl', '5m', '--grant', grant], { HOPTRACE_TOKEN: started.token })
    expect(await child('billing:http,methods=GET,paths=/api/v1/invoices/*')).toMatchObject({ code: 0 })
    const greedy = await child('billing:http,methods=GET')
    expect([greedy.code, greedy.stderr]).toEqual([4, expect.stringContaining('billing:http,methods=GET')])
  })

  it('are asked for in words that say what is wrong with them', async () => {
    const start = (grant: string) => served.run(['run', 'start', '--principal', 'a', '--grant', grant])
    expect(await start('prod:kubernetes,namespace=shop')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('namespaces, resources, verbs'),
    })
    expect((await served.run(['run', 'start', '--help'])).stdout).toContain('namespaces=shop|team')
  })

  it('are replaced by lines for the terminal where none are written', async () => {
    const { stdout } = await served.run(['run', 'start', '--principal', 'a', ...grants.flatMap((grant) => ['--grant', grant])])
    expect(stdout).toContain('kubectl needs a kubeconfig, which --write DIR writes.')
    expect(stdout).toMatch(/curl -H 'Hoptrace-Token: hop_\S+' http:\/\/127\.0\.0\.1:\d+\/targets\/billing\//)
    expect(readFileSync(join(served.home, 'run', 'kubeconfig'), 'utf8')).toContain('namespace: "shop"')
  })
})
