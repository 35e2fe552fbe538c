import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { startFakeKubernetes } from '@hoptrace/testing'
import type { Cast } from './seeded.ts'
import { type DemoTarget, IDLE_SECONDS } from './targets.ts'

/** The cluster that the bastion's kubeconfig names. Its API server is a fake, since none can be had here; its pods run on this machine. */
export async function startCluster(cast: Cast, host: string, directory: string): Promise<DemoTarget> {
  const fake = await startFakeKubernetes({ host, token: cast.clusterToken })
  const { namespace } = cast
  const metadata = { name: 'billing-api', namespace }
  const credentials = `BILLING_URL=http://${cast.billingHost}/v1/invoices\nBILLING_TOKEN=${cast.billingToken}\n`
  fake.create(
    { kind: 'Namespace', metadata: { name: namespace } },
    { kind: 'Secret', metadata, type: 'Opaque', data: { 'api.env': Buffer.from(credentials).toString('base64') } },
    { kind: 'Pod', metadata: { name: cast.syncPod, namespace, labels: { app: 'billing-sync' } }, spec: billingPod('billing-sync') },
  )
  const ca = join(directory, 'cluster-ca.pem')
  writeFileSync(ca, fake.ca)
  const target = {
    name: 'prod',
    aliases: [cast.clusterHost],
    protocol: 'kubernetes',
    address: `${host}:${fake.port}`,
    account: 'gateway-sa',
    credential: { token: { env: 'DEMO_CLUSTER_TOKEN' } },
    ca,
    serverName: 'kubernetes',
    idleSeconds: IDLE_SECONDS,
  }
  return { target, secrets: { DEMO_CLUSTER_TOKEN: cast.clusterToken }, stop: () => fake.stop() }
}

/** What the pods of the service have in common: the Secret that they mount. */
function billingPod(name: string) {
  return {
    containers: [
      {
        name,
        image: 'registry.internal/billing-sync:3.2',
        command: ['sh'],
        volumeMounts: [{ name: 'api', mountPath: '/run/secrets/billing' }],
      },
    ],
    volumes: [{ name: 'api', secret: { secretName: 'billing-api' } }],
  }
}
