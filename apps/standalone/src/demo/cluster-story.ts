import { Cluster } from './cluster-client.ts'
import { askService } from './service-client.ts'
import type { Run, Stage } from './stage.ts'

type Say = (line: string) => void

/** What the bastion's kubeconfig says. */
export type FoundCluster = { host: string; namespace: string }
export type FoundService = { url: string; credential: string }

const DEBUG_POD = 'billing-debug'

/**
 * On from the bastion: the cluster that a kubeconfig there names. The Secret is refused, so a pod that mounts it is made, and read in a
 * shell there. @returns what stood in it, and the refusal
 */
export async function lookIntoCluster(stage: Stage, run: Run, { host, namespace }: FoundCluster, say: Say) {
  say(`operator-agent: goes on to the cluster at ${host}, which a kubeconfig on the bastion names`)
  const cluster = new Cluster(stage.kubernetes, { cluster: host, token: run.token })
  const [pod] = await cluster.pods(namespace)
  const mount = pod?.spec?.containers[0]?.volumeMounts?.[0]
  const volume = pod?.spec?.volumes?.find(({ name }) => name === mount?.name)
  const secret = volume?.secret?.secretName
  if (!mount || !volume || !secret) throw new Error('The pods of the cluster mount no secret')
  say(`operator-agent: asks for the secret ${secret}, which it has no grant for`)
  const refusal = await cluster.refusalOfSecret(namespace, secret)
  if (refusal === null) throw new Error('The gateway let the secret be read, which it must not')
  say(`  the gateway refuses: ${refusal}`)
  say(`operator-agent: creates a pod that mounts ${secret}, and opens a shell in it`)
  const container = { name: 'debug', image: 'busybox:1.37', command: ['sleep', '3600'], volumeMounts: [mount] }
  await cluster.create(namespace, { metadata: { name: DEBUG_POD, namespace }, spec: { containers: [container], volumes: [volume] } })
  const service = await cluster.withShell(namespace, DEBUG_POD, container.name, async (type) => {
    const path = mount.mountPath.replace(/^\//, '')
    await type(`ls -l ${path}`)
    return serviceIn(await type(`cat ${path}/api.env`))
  })
  return { service, refusal }
}

/** Asks a service over HTTP for its invoices. */
export async function readInvoices(stage: Stage, run: Run, { url, credential }: FoundService): Promise<void> {
  const { status, text } = await askService(stage.http, new URL(url), { token: run.token, credential })
  if (status !== 200) throw new Error(`The service answered ${status} ${text}`)
}

function serviceIn(env: string): FoundService {
  return { url: /BILLING_URL=(\S+)/.exec(env)?.[1] ?? '', credential: /BILLING_TOKEN=(\S+)/.exec(env)?.[1] ?? '' }
}
