import { PassThrough } from 'node:stream'
import { ApiException, CoreV1Api, Exec, KubeConfig, type V1Pod } from '@kubernetes/client-node'
import { type Typist, typistOn } from './typist.ts'

/** The gateway's door to Kubernetes, and whom to trust there (PEM). */
export type ClusterDoor = { server: string; certificateAuthority: string }
export type ClusterLogin = { cluster: string; token: string }

/** A cluster through the gateway, with the client that agents use. */
export class Cluster {
  private readonly api: CoreV1Api
  private readonly exec: Exec

  constructor(door: ClusterDoor, { cluster: name, token }: ClusterLogin) {
    const config = new KubeConfig()
    const caData = Buffer.from(door.certificateAuthority).toString('base64')
    config.loadFromOptions({
      clusters: [{ name, server: `${door.server}/clusters/${name}`, caData }],
      users: [{ name: 'agent', token }],
      contexts: [{ name, cluster: name, user: 'agent' }],
      currentContext: name,
    })
    this.api = config.makeApiClient(CoreV1Api)
    this.exec = new Exec(config)
  }

  async pods(namespace: string): Promise<V1Pod[]> {
    return (await this.api.listNamespacedPod({ namespace })).items
  }

  async create(namespace: string, pod: V1Pod): Promise<void> {
    await this.api.createNamespacedPod({ namespace, body: pod })
  }

  /** What the API server, or the gateway in its place, said against handing out a Secret; null where it did. */
  async refusalOfSecret(namespace: string, name: string): Promise<string | null> {
    try {
      await this.api.readNamespacedSecret({ namespace, name })
      return null
    } catch (error) {
      if (!(error instanceof ApiException)) throw error
      const { message } = JSON.parse(String(error.body)) as { message?: string }
      return message ?? `${error.code}`
    }
  }

  /** One interactive shell in a pod, which is left when the work is done. */
  async withShell<T>(namespace: string, pod: string, container: string, work: (type: Typist) => Promise<T>): Promise<T> {
    const [stdin, stdout] = [new PassThrough(), new PassThrough()]
    let left = () => {}
    const isLeft = new Promise<void>((resolve) => {
      left = resolve
    })
    const socket = await this.exec.exec(namespace, pod, container, ['sh', '-i'], stdout, null, stdin, true, () => left())
    try {
      const told = await work(typistOn({ onOutput: (listener) => stdout.on('data', listener), type: (keys) => void stdin.write(keys) }))
      stdin.write('exit\r')
      await isLeft
      return told
    } finally {
      socket.close()
    }
  }
}
