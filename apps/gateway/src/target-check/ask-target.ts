import { readFileSync } from 'node:fs'
import { type IncomingMessage, request as requestPlain } from 'node:http'
import { request as requestOverTls } from 'node:https'
import { splitHostPort } from '../config.ts'

/** What is tried of a target: plain, over TLS with whoever answers, or with the server that the authority vouches for. */
export type AskedTarget = {
  address: string
  tls: 'disable' | 'require' | 'verify'
  ca?: string | undefined
  serverName?: string | undefined
  clientCertificate?: { cert: string; key: string } | undefined
}

export type Asked = { method: string; path: string; headers: Record<string, string>; body?: string }

export type Answer = { kind: 'answer'; status: number; body: string } | { kind: 'failed'; problem: string }

const MAX_ANSWER_BYTES = 64 * 1024

/** Asks a target over a connection of its own. Never rejects: a problem says what is wrong, and nothing of the credential. */
export function askTarget(target: AskedTarget, asked: Asked, timeoutMs: number): Promise<Answer> {
  const { host, port } = splitHostPort(target.address)
  const { method, path, body } = asked
  const headers = {
    'user-agent': 'hoptrace targets check',
    ...asked.headers,
    ...(body === undefined ? {} : { 'content-length': body.length }),
  }
  return new Promise((resolve) => {
    const fail = (error: unknown) => resolve({ kind: 'failed', problem: problemOf(error) })
    try {
      const options = { host, port, method, path, headers, agent: false, signal: AbortSignal.timeout(timeoutMs) }
      const request = target.tls === 'disable' ? requestPlain(options) : requestOverTls({ ...options, ...tlsOf(target) })
      request.on('response', (response) => readAnswer(response).then(resolve, fail))
      request.on('error', fail)
      request.end(body)
    } catch (error) {
      fail(error)
    }
  })
}

function tlsOf({ tls, ca, serverName, clientCertificate }: AskedTarget) {
  return {
    rejectUnauthorized: tls === 'verify',
    ...(ca === undefined ? {} : { ca: readFileSync(ca) }),
    ...(serverName === undefined ? {} : { servername: serverName }),
    ...clientCertificate,
  }
}

async function readAnswer(response: IncomingMessage): Promise<Answer> {
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of response) {
    length += chunk.length
    // The beginning tells enough; the rest is not waited for.
    if (length > MAX_ANSWER_BYTES) break
    chunks.push(chunk)
  }
  return { kind: 'answer', status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString('utf8') }
}

function problemOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  if (error instanceof Error && error.name === 'AbortError') return 'the target did not answer in time'
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') return 'the certificate of the target is for another name: state serverName'
  if (/CERT|SIGNATURE|ISSUER/.test(code)) return `the certificate of the target is not trusted (${code}): state its authority as ca`
  if (code === 'EPROTO' || code.startsWith('ERR_SSL')) return 'the target speaks no TLS that could be agreed on'
  if (code.startsWith('HPE_')) return 'the target does not speak HTTP'
  if (code === 'ENOENT' || code === 'EACCES') return 'the file that ca names cannot be read'
  return `the target cannot be reached${code === '' ? '' : ` (${code})`}`
}
