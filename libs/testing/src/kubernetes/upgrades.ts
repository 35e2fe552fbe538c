import type { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import { type WebSocket, WebSocketServer } from 'ws'
import { type Addressed, addressedBy } from './api-request.ts'
import { ExecStream } from './exec-stream.ts'
import type { KubernetesFaults } from './faults.ts'
import type { ObjectStore } from './object-store.ts'
import { type Json, memberOf, type StoredObject, textOf } from './objects.ts'
import type { PodRuntime } from './pod-runtime.ts'
import { endedPod } from './pod-status.ts'
import { type ForwardTargets, PORT_FORWARD_PROTOCOL, servePortForward } from './port-forward.ts'
import type { Resource } from './resources.ts'
import { RESOURCES } from './resources.ts'
import { mountSecrets } from './secret-volumes.ts'
import { failure, type Status, StatusError } from './status.ts'

const EXEC_PROTOCOLS = ['v5.channel.k8s.io', 'v4.channel.k8s.io']

/** Answers the requests that ask for a WebSocket: exec, attach and port-forward. */
export class Upgrades {
  private readonly webSockets = new WebSocketServer({ noServer: true, handleProtocols: (offered) => this.choose(offered) })

  constructor(
    private readonly store: ObjectStore,
    private readonly pods: PodRuntime,
    private readonly faults: KubernetesFaults,
    private readonly subprotocols: readonly string[],
    private readonly forwards: ForwardTargets,
  ) {
    this.webSockets.on('headers', (lines, request) => {
      if (asksToForward(request)) lines.push(`Sec-WebSocket-Protocol: ${PORT_FORWARD_PROTOCOL}`)
    })
  }

  serve(request: IncomingMessage, socket: Socket, head: Buffer): void {
    try {
      this.upgrade(request, socket, head)
    } catch (error) {
      if (!(error instanceof StatusError)) throw error
      refuse(socket, error.status)
    }
  }

  private secretNamed(namespace: string, name: string): StoredObject | null {
    return SECRETS ? this.store.find(SECRETS, namespace, name) : null
  }

  close(): void {
    for (const client of this.webSockets.clients) client.terminate()
  }

  private choose(offered: Set<string>): string | false {
    return this.subprotocols.find((known) => offered.has(known)) ?? false
  }

  private upgrade(request: IncomingMessage, socket: Socket, head: Buffer): void {
    const url = new URL(request.url ?? '/', 'https://fake')
    const addressed = addressedBy(url.pathname)
    if (addressed?.resource.kind !== 'Pod') throw new StatusError(404, 'NotFound', 'the server could not find the requested resource')
    const pod = this.store.get(addressed.resource, addressed.namespace, addressed.name ?? '')
    if ((request.headers.upgrade ?? '').toLowerCase() !== 'websocket') throw new StatusError(403, 'Forbidden', 'SPDY is not served here')
    const accept = this.acceptOf(addressed, pod, url.searchParams, socket)
    // Its subprotocol has a slash, which the library takes for an error.
    if (asksToForward(request)) delete request.headers['sec-websocket-protocol']
    this.webSockets.handleUpgrade(request, socket, head, accept)
  }

  private acceptOf(addressed: Addressed, pod: StoredObject, query: URLSearchParams, socket: Socket): (webSocket: WebSocket) => void {
    const { subresource } = addressed
    if (subresource === 'portforward') return (webSocket) => servePortForward(webSocket, this.forwards)
    if (subresource !== 'exec' && subresource !== 'attach') throw new StatusError(404, 'NotFound', 'there is no such subresource')
    const { namespace = '', name } = pod.metadata
    const container = containerOf(pod, query.get('container'))
    const command = subresource === 'exec' ? query.getAll('command') : mainProgram(container)
    const flag = (flagName: string) => query.get(flagName) === 'true' || query.get(flagName) === '1'
    const streams = { tty: flag('tty'), stdin: flag('stdin'), stdout: flag('stdout'), stderr: flag('stderr') }
    const directory = this.pods.directory(namespace, name)
    mountSecrets(pod, directory, (secret) => this.secretNamed(namespace, secret))
    const onExit = (code: number) => {
      if (subresource === 'attach') this.mainProgramEnded(addressed.resource, namespace, name, code)
    }
    const options = { command, directory, pod: name, ...streams, onExit }
    return (webSocket) => void new ExecStream(webSocket, socket, options, this.faults)
  }

  // A pod that is never started again is over with its program, for which `kubectl run -it --rm` waits.
  private mainProgramEnded(resource: Resource, namespace: string, name: string, exitCode: number): void {
    const pod = this.store.find(resource, namespace, name)
    if (pod && memberOf(pod, 'spec').restartPolicy === 'Never') this.store.replace(resource, namespace, name, endedPod(pod, exitCode))
  }
}

export { EXEC_PROTOCOLS }

const SECRETS = RESOURCES.find(({ kind }) => kind === 'Secret')

function asksToForward(request: IncomingMessage): boolean {
  return (request.url ?? '').split('?')[0]?.endsWith('/portforward') === true
}

function containerOf(pod: StoredObject, name: string | null): Json {
  const { containers } = memberOf(pod, 'spec')
  const all: Json[] = Array.isArray(containers) ? containers : []
  const container = name === null ? all[0] : all.find((one) => one.name === name)
  if (!container) throw new StatusError(400, 'BadRequest', `container ${name ?? ''} is not valid for pod ${pod.metadata.name}`)
  return container
}

// Each who attaches starts a process of its own here; a real kubelet joins them to one.
function mainProgram(container: Json): string[] {
  const { command, args } = container
  const parts = [command, args].flatMap((list) => (Array.isArray(list) ? list.map(textOf) : []))
  return parts.length > 0 ? parts : ['sh']
}

export function refuse(socket: Socket, status: Status): void {
  const body = JSON.stringify(status)
  const head = `HTTP/1.1 ${status.code} ${status.reason}\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n`
  socket.end(head + body)
}

export function unauthorized(): Status {
  return failure(401, 'Unauthorized', 'Unauthorized')
}
