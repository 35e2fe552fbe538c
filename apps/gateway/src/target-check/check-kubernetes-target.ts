import { readFileSync } from 'node:fs'
import { z } from 'zod'
import type { KubernetesTarget, SecretSource } from '../access/target.ts'
import { TargetSecretError } from '../access/target-secret.ts'
import { type AskedTarget, askTarget } from './ask-target.ts'
import { type TargetCheck, TIMEOUT_MS } from './target-check.ts'

const Version = z.object({ gitVersion: z.string() })
/** `authentication.k8s.io/v1`, from Kubernetes 1.28 on. */
const SelfSubjectReview = z.object({ status: z.object({ userInfo: z.object({ username: z.string() }) }) })

const REVIEW = JSON.stringify({ apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' })

/** Asks the API server for its version, and whom it takes the gateway for. */
export async function checkKubernetesTarget(
  target: KubernetesTarget,
  resolveSecret: (source: SecretSource) => string,
): Promise<TargetCheck> {
  const { server, headers } = presented(target, resolveSecret)
  const version = await askTarget(server, { method: 'GET', path: '/version', headers }, TIMEOUT_MS)
  if (version.kind === 'failed') return { ok: false, problem: version.problem }
  // Whether it answers strangers is its own affair.
  if (target.credential === 'caller') return { ok: true }
  if (version.status === 401) return { ok: false, problem: 'the target refuses the credential (401)' }
  if (version.status !== 200 || !Version.safeParse(jsonOf(version.body)).success) {
    return { ok: false, problem: `the target answers ${version.status} to /version: is it a Kubernetes API server?` }
  }
  return reviewed(server, headers)
}

async function reviewed(server: AskedTarget, headers: Record<string, string>): Promise<TargetCheck> {
  const path = '/apis/authentication.k8s.io/v1/selfsubjectreviews'
  const review = await askTarget(
    server,
    { method: 'POST', path, headers: { ...headers, 'content-type': 'application/json' }, body: REVIEW },
    TIMEOUT_MS,
  )
  if (review.kind === 'failed') return { ok: false, problem: review.problem }
  const read = SelfSubjectReview.safeParse(jsonOf(review.body))
  const isStranger = review.status === 401 || (read.success && read.data.status.userInfo.username === 'system:anonymous')
  // Older servers know no such review, and some forbid it: then the version must do.
  return isStranger
    ? { ok: false, problem: 'the target takes the gateway for a stranger: the credential does not count there' }
    : { ok: true }
}

function presented(target: KubernetesTarget, resolveSecret: (source: SecretSource) => string) {
  const { credential } = target
  const headers: Record<string, string> = { host: target.address, accept: 'application/json' }
  if (credential === 'caller') return { server: target, headers }
  if ('token' in credential) return { server: target, headers: { ...headers, authorization: `Bearer ${resolveSecret(credential.token)}` } }
  const clientCertificate = { cert: certificateIn(credential.clientCertificate), key: resolveSecret(credential.clientKey) }
  return { server: { ...target, clientCertificate }, headers }
}

/** @throws TargetSecretError that names the file */
function certificateIn(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    throw new TargetSecretError(`${file} cannot be read`)
  }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
