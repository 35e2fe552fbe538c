import type { DenyReason } from '@hoptrace/events'
import ssh2, { type Client, type ServerHostKeyAlgorithm } from 'ssh2'
import type { SecretSource, SshTarget } from '../access/target.ts'
import { ALGORITHMS } from './algorithms.ts'
import { fingerprintOf } from './host-key.ts'
import { Transport } from './transport.ts'

export type ResolveSecret = (source: SecretSource) => string

export type TargetConnection =
  | { kind: 'connected'; transport: Transport }
  | { kind: 'failed'; reason: Extract<DenyReason, 'host-key-changed' | 'target-unreachable' | 'target-refused'>; problem: string }

// A target with several keys shows the one whose type is asked for first; the pins do not say their types.
const KEY_TYPES: ServerHostKeyAlgorithm[][] = [
  ['ssh-ed25519'],
  ['ecdsa-sha2-nistp256', 'ecdsa-sha2-nistp384', 'ecdsa-sha2-nistp521'],
  ['rsa-sha2-512', 'rsa-sha2-256'],
]

/**
 * Connects and authenticates to a target with the gateway's own credential. The target must show a pinned host key.
 * Never rejects: what goes wrong is a value, which names no secret.
 * @param timeoutMs for the connection and each key exchange with authentication
 */
export async function connectTarget(target: SshTarget, resolveSecret: ResolveSecret, timeoutMs: number): Promise<TargetConnection> {
  let changed: TargetConnection | null = null
  for (const serverHostKey of KEY_TYPES) {
    const attempt = await attemptTarget(target, resolveSecret, timeoutMs, serverHostKey)
    if (attempt.kind === 'connected') return attempt
    if (attempt.reason === 'host-key-changed') changed ??= attempt
    else if (!attempt.isWithoutKeyType) return attempt
  }
  return changed ?? failed('target-refused', `${target.address} shows no host key of a type that Hoptrace knows`)
}

type Attempt = TargetConnection & { isWithoutKeyType?: boolean }

function attemptTarget(
  target: SshTarget,
  resolveSecret: ResolveSecret,
  readyTimeout: number,
  serverHostKey: ServerHostKeyAlgorithm[],
): Promise<Attempt> {
  const credential = credentialOf(target, resolveSecret)
  if ('problem' in credential) return Promise.resolve(failed('target-refused', credential.problem))
  return new Promise((resolve) => {
    const client = new ssh2.Client()
    let shown: string | null = null
    const hostVerifier = (key: Buffer) => {
      const fingerprint = fingerprintOf(key)
      const isPinned = target.hostKeys.includes(fingerprint)
      if (!isPinned) shown = fingerprint
      return isPinned
    }
    let transport: Transport | null = null
    client.on('ready', () => {
      if (!transport) return
      transport.hold()
      resolve({ kind: 'connected', transport })
    })
    client.on('error', (error) => resolve(shown ? keyChanged(target, shown) : problemOf(target, error)))
    client.on('close', () => resolve(failed('target-unreachable', `${target.address} closed the connection`)))
    const { host, port } = endpointOf(target.address)
    try {
      client.connect({
        host,
        port,
        username: target.account,
        ...credential,
        readyTimeout,
        hostVerifier,
        ...connectionOptions(serverHostKey),
      })
      transport = transportOf(client)
    } catch (error) {
      // ssh2 reads the private key when it connects, and its message may quote what it read.
      resolve(failed('target-refused', isUnreadableKey(error) ? `the private key of ${target.name} cannot be read` : 'ssh2 cannot connect'))
    }
  })
}

function transportOf(client: Client): Transport {
  const transport = new Transport(client)
  transport.socket.setNoDelay(true)
  return transport
}

function connectionOptions(serverHostKey: ServerHostKeyAlgorithm[]) {
  return { algorithms: { ...ALGORITHMS, serverHostKey }, ident: 'Hoptrace', keepaliveInterval: 0 }
}

function credentialOf(target: SshTarget, resolveSecret: ResolveSecret): { password?: string; privateKey?: string } | { problem: string } {
  try {
    return {
      ...(target.password ? { password: resolveSecret(target.password) } : {}),
      ...(target.privateKey ? { privateKey: `${resolveSecret(target.privateKey)}\n` } : {}),
    }
  } catch (error) {
    return { problem: `${target.name} has no credential: ${error instanceof Error ? error.message : 'it cannot be read'}` }
  }
}

function isUnreadableKey(error: unknown): boolean {
  return error instanceof Error && /privateKey|private key/i.test(error.message)
}

function keyChanged(target: SshTarget, shown: string): TargetConnection {
  const pinned = target.hostKeys.join(' or ')
  return failed('host-key-changed', `${target.name} shows the host key ${shown}, not the pinned ${pinned}`)
}

function problemOf(target: SshTarget, error: Error & { level?: string; code?: string }): Attempt {
  const at = `${target.name} at ${target.address}`
  if (error.level === 'client-authentication')
    return failed('target-refused', `${at} does not accept the gateway's credential for ${target.account}`)
  if (error.level === 'client-timeout') return failed('target-unreachable', `${at} did not answer in time`)
  if (error.level === 'handshake') {
    return {
      ...failed('target-refused', `${at} agrees on no algorithms: ${error.message}`),
      isWithoutKeyType: /host key/i.test(error.message),
    }
  }
  if (error.code === 'ENOTFOUND' || error.code === 'EAI_AGAIN') return failed('target-unreachable', `${at}: its name does not resolve`)
  if (error.code === 'ECONNREFUSED') return failed('target-unreachable', `${at} refuses connections`)
  return failed('target-unreachable', `${at} cannot be reached (${error.code ?? 'the connection was lost'})`)
}

function failed(reason: 'host-key-changed' | 'target-unreachable' | 'target-refused', problem: string): TargetConnection {
  return { kind: 'failed', reason, problem }
}

function endpointOf(address: string): { host: string; port: number } {
  const colon = address.lastIndexOf(':')
  return { host: address.slice(0, colon).replace(/^\[|\]$/g, ''), port: Number(address.slice(colon + 1)) }
}
