import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer, type Server } from 'node:https'
import type { AddressInfo, Socket } from 'node:net'
import { TLSSocket } from 'node:tls'
import { bodyOf } from './api-request.ts'
import { ApiServer } from './api-server.ts'
import { type Certificate, TestAuthority } from './certificates.ts'
import { type KubernetesFaults, noFaults } from './faults.ts'
import { ObjectStore } from './object-store.ts'
import type { Json, StoredObject } from './objects.ts'
import { PodRuntime } from './pod-runtime.ts'
import { withStatus } from './pod-status.ts'
import type { ForwardTargets } from './port-forward.ts'
import { documentReply, type Reply } from './reply.ts'
import { apiVersionOf, RESOURCES } from './resources.ts'
import { failure, StatusError } from './status.ts'
import { EXEC_PROTOCOLS, refuse, Upgrades, unauthorized } from './upgrades.ts'

/** A request as the fake server saw it. */
export type SeenRequest = { method: string; url: string; headers: IncomingMessage['headers']; body: Buffer; user: string }

export type FakeKubernetesOptions = {
  host?: string
  port?: number
  /** The bearer token that is let in. */
  token?: string
  /** Subprotocols of exec and attach, the preferred one first. */
  subprotocols?: readonly string[]
  /** Where the ports of pods lead on this machine: a port number of a pod to `port` on loopback. */
  forwards?: ForwardTargets
}

export type FakeKubernetes = {
  host: string
  port: number
  /** `https://127.0.0.1:40000` */
  url: string
  /** Certificate of its authority, PEM. */
  ca: string
  token: string
  /** A certificate that is let in as `CN`, PEM. */
  clientCertificate: Certificate
  /** Every request so far. */
  requests: readonly SeenRequest[]
  faults: KubernetesFaults
  /** Creates an object, or a list of them, without a request. */
  create(...objects: Json[]): void
  find(plural: string, namespace: string | null, name: string): StoredObject | null
  remove(plural: string, namespace: string | null, name: string): void
  /** Adds a line to a pod's log. */
  log(namespace: string, pod: string, line: string): void
  /** Where a pod's programs run. */
  directory(namespace: string, pod: string): string
  stop(): Promise<void>
}

/**
 * A fake Kubernetes API server over TLS: no API server can be had from a package registry, and so this stands in for
 * one. It is driven by the real kubectl, and does as much of the API as kubectl asks for: discovery, objects with
 * versions, tables, watches, logs, exec and attach (real programs of this machine, in a directory a pod), port-forward,
 * tokens. It has no scheduler, no controllers, no validation and no RBAC.
 */
export async function startFakeKubernetes(options: FakeKubernetesOptions = {}): Promise<FakeKubernetes> {
  const host = options.host ?? '127.0.0.1'
  const token = options.token ?? 'gateway-sa-token-4f0c9d2a71'
  const authority = await TestAuthority.create('fake kubernetes')
  const certificate = await authority.server(['kubernetes', 'localhost'], ['127.0.0.1', '::1'])
  const clientCertificate = await authority.client('gateway-sa', 'system:masters')
  const parts = { store: new ObjectStore(), pods: new PodRuntime(), faults: noFaults(), requests: [] as SeenRequest[] }
  const upgrades = new Upgrades(parts.store, parts.pods, parts.faults, options.subprotocols ?? EXEC_PROTOCOLS, options.forwards ?? {})
  const userOf = (request: IncomingMessage) => authenticatedUser(request, token)
  const api = new ApiServer(parts.store, parts.pods, parts.faults)
  const tls = { ...certificate, ca: authority.pem, requestCert: true, rejectUnauthorized: false, ALPNProtocols: ['http/1.1'] }
  const server = createServer(tls)
  server.on('request', (request, response) => void serveRequest({ api, requests: parts.requests, userOf }, request, response))
  server.on('upgrade', (request, socket: Socket, head) => {
    const user = userOf(request)
    const { method = '', url = '', headers } = request
    parts.requests.push({ method, url, headers, body: Buffer.alloc(0), user: user ?? '' })
    socket.on('error', () => undefined)
    if (user === null) refuse(socket, unauthorized())
    else upgrades.serve(request, socket, head)
  })
  const stop = () => stopServer(server, upgrades, parts.pods)
  const port = await listening(server, options.port ?? 0, host)
  const fake = { host, port, url: `https://${host}:${port}`, ca: authority.pem, token, clientCertificate }
  create(parts.store, [{ kind: 'Namespace', metadata: { name: 'default' }, status: { phase: 'Active' } }])
  return {
    ...fake,
    requests: parts.requests,
    faults: parts.faults,
    create: (...objects) => create(parts.store, objects),
    find: (plural, namespace, name) => parts.store.find(resourceNamed(plural), namespace, name),
    remove: (plural, namespace, name) => void parts.store.delete(resourceNamed(plural), namespace, name),
    log: (namespace, pod, line) => parts.pods.log(namespace, pod, line),
    directory: (namespace, pod) => parts.pods.directory(namespace, pod),
    stop,
  }
}

type Serving = { api: ApiServer; requests: SeenRequest[]; userOf: (request: IncomingMessage) => string | null }

async function serveRequest({ api, requests, userOf }: Serving, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const user = userOf(request)
  try {
    const body = await bodyOf(request)
    const { method = '', url = '', headers } = request
    requests.push({ method, url, headers, body, user: user ?? '' })
    const reply = user === null ? documentReply(401, unauthorized()) : api.replyTo({ method, url, body, user, headers })
    send(response, reply)
  } catch (error) {
    const status = error instanceof StatusError ? error.status : failure(500, 'InternalError', 'the fake server failed')
    send(response, documentReply(status.code, status))
  }
}

function send(response: ServerResponse, reply: Reply): void {
  if (reply.kind === 'stream') {
    reply.serve(response)
    return
  }
  const bytes = Buffer.from(reply.body)
  response.writeHead(reply.status, { 'content-type': reply.contentType, 'content-length': bytes.length }).end(bytes)
}

function authenticatedUser(request: IncomingMessage, token: string): string | null {
  if (request.headers.authorization === `Bearer ${token}`) return 'system:serviceaccount:default:gateway-sa'
  const { socket } = request
  return socket instanceof TLSSocket && socket.authorized ? String(socket.getPeerCertificate().subject.CN) : null
}

function create(store: ObjectStore, objects: readonly Json[]): void {
  for (const object of objects) {
    const resource = RESOURCES.find(({ kind }) => kind === object.kind)
    if (!resource) throw new Error(`the fake server has no ${String(object.kind)}`)
    const namespace = resource.isNamespaced ? namespaceOf(object) : null
    store.create(resource, namespace, withStatus({ apiVersion: apiVersionOf(resource), ...object }, resource.kind))
  }
}

function namespaceOf(object: Json): string {
  const { metadata } = object
  return typeof metadata === 'object' && metadata !== null && 'namespace' in metadata ? String(metadata.namespace) : 'default'
}

function resourceNamed(plural: string) {
  const resource = RESOURCES.find((known) => known.plural === plural)
  if (!resource) throw new Error(`the fake server has no ${plural}`)
  return resource
}

function listening(server: Server, port: number, host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => resolve((server.address() as AddressInfo).port))
  })
}

async function stopServer(server: Server, upgrades: Upgrades, pods: PodRuntime): Promise<void> {
  upgrades.close()
  const closed = new Promise<void>((resolve) => server.close(() => resolve()))
  server.closeAllConnections()
  await closed
  pods.close()
}
