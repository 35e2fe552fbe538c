import { spawnSync } from 'node:child_process'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Grant } from '@hoptrace/events'
import { kubectlMissing, kubectlsFound } from '@hoptrace/testing'
import { describe, expect, it } from 'vitest'
import type { Listeners, TargetInfo } from '../contract/index.ts'
import { clientCommands } from './client-commands.ts'
import { kubeconfigOf } from './kubeconfig.ts'

const listeners: Listeners = {
  postgres: null,
  ssh: null,
  http: '127.0.0.1:6488',
  kubernetes: '[::1]:6444',
  certificateAuthority: '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n',
}
const aTarget = (name: string, protocol: TargetInfo['protocol'] = 'kubernetes'): TargetInfo => ({
  ...{ name, protocol, aliases: [], address: '10.0.0.1:6443', account: 'gateway', durability: 'default' },
})
const targets = [aTarget('prod'), aTarget('test'), aTarget('billing', 'http'), { ...aTarget('vault', 'http'), asksCredential: true }]
const onProd = (namespaces?: string[]): Grant => ({
  target: 'prod',
  protocol: 'kubernetes',
  ...(namespaces && { kubernetes: { namespaces } }),
})
const onTest: Grant = { target: 'test', protocol: 'kubernetes' }

const missing = kubectlMissing()
if (missing !== null && process.env.CI === 'true') throw new Error(`These tests need kubectl: ${missing}`)
const newest = kubectlsFound().at(-1)?.path ?? ''

type Viewed = { 'current-context': string; contexts: { context: object }[]; clusters: { cluster: object }[]; users: { user: object }[] }

/** What kubectl makes of it. */
function viewed(kubeconfig: string | null, kubectl = newest): Viewed {
  const file = join(mkdtempSync(join(tmpdir(), 'hoptrace-kubeconfig-')), 'kubeconfig')
  writeFileSync(file, kubeconfig ?? '')
  const { stdout, stderr } = spawnSync(kubectl, ['--kubeconfig', file, 'config', 'view', '--raw', '-o', 'json'], { encoding: 'utf8' })
  if (stderr !== '') throw new Error(stderr)
  return JSON.parse(stdout) as Viewed
}

describe.skipIf(missing !== null)(`a run’s kubeconfig, as kubectl reads it${missing === null ? '' : ` (skipped: ${missing})`}`, () => {
  it.each(kubectlsFound())('has for $version a context for each cluster, its token, and the authority to trust', ({ path }) => {
    const config = viewed(kubeconfigOf([onProd(), onTest], targets, listeners, 'hop_"token'), path)
    const authority = Buffer.from(listeners.certificateAuthority ?? '').toString('base64')
    expect(config).toMatchObject({
      'current-context': 'prod',
      contexts: [
        { name: 'prod', context: { cluster: 'prod', user: 'run' } },
        { name: 'test', context: { cluster: 'test', user: 'run' } },
      ],
      clusters: [
        { name: 'prod', cluster: { server: 'https://[::1]:6444/clusters/prod', 'certificate-authority-data': authority } },
        { name: 'test', cluster: { server: 'https://[::1]:6444/clusters/test', 'certificate-authority-data': authority } },
      ],
      users: [{ name: 'run', user: { token: 'hop_"token' } }],
    })
  })

  it.each([
    ['the one that is granted', [onProd(['shop'])], { namespace: 'shop' }],
    ['the one of several grants', [onProd(['shop']), onProd(['shop'])], { namespace: 'shop' }],
    ['none of several', [onProd(['shop', 'team'])], {}],
    ['none where one grant has all', [onProd(['shop']), onProd()], {}],
    ['none where all are granted', [onProd(['*'])], {}],
  ])('begins in %s', (_, grants, namespace) => {
    expect(viewed(kubeconfigOf(grants, targets, listeners, 'hop_t')).contexts.map(({ context }) => context)).toEqual([
      { cluster: 'prod', user: 'run', ...namespace },
    ])
  })

  it('leaves the authority to the system where the gateway has none of its own', () => {
    const { clusters } = viewed(kubeconfigOf([onProd()], targets, { ...listeners, certificateAuthority: null }, 'hop_t'))
    expect(clusters.map(({ cluster }) => cluster)).toEqual([{ server: 'https://[::1]:6444/clusters/prod' }])
  })
})

describe('a run', () => {
  it('has no kubeconfig where it reaches no cluster, or nobody says where', () => {
    expect(kubeconfigOf([{ target: 'billing', protocol: 'http' }], targets, listeners, 'hop_t')).toBeNull()
    expect(kubeconfigOf([onProd()], targets, { postgres: null, ssh: null }, 'hop_t')).toBeNull()
    expect(kubeconfigOf([{ target: 'gone', protocol: 'kubernetes' }], targets, listeners, 'hop_t')).toBeNull()
  })

  it('has a command line for each target once, that says where the target’s own credential goes', () => {
    const grants: Grant[] = [
      onProd(['shop']),
      onProd(['team']),
      ...(['billing', 'vault'] as const).map((target) => ({ target, protocol: 'http' }) as const),
    ]
    expect(clientCommands(grants, targets, listeners).map(({ command }) => command)).toEqual([
      'kubectl --kubeconfig kubeconfig --context prod get pods',
      "curl -H 'Hoptrace-Token: <token>' http://127.0.0.1:6488/targets/billing/",
      "curl -H 'Hoptrace-Token: <token>' -H 'Authorization: <credential of the target>' http://127.0.0.1:6488/targets/vault/",
    ])
  })
})
