import { readFileSync } from 'node:fs'
import { type GatewayConfig, splitHostPort } from '../config.ts'
import type { ServerCertificate } from './authority.ts'
import { certificateNames, ownAuthority } from './own-certificate.ts'

/** PEM. */
export type DoorCertificate = {
  cert: string
  key: string
  /** Whom callers trust for it; null where their own authorities must do. */
  authority: string | null
  /** Null for one that people made: they renew it. */
  expiresMs: number | null
}

/** The certificate of the door to Kubernetes: the one that is configured, or one that the gateway's own authority signs now. */
export async function kubernetesCertificate({ gateway, dataDir }: GatewayConfig, nowMs: number): Promise<DoorCertificate> {
  const { tls, listen } = gateway.kubernetes
  if (tls) return { cert: read(tls.cert), key: read(tls.key), authority: tls.ca === undefined ? null : read(tls.ca), expiresMs: null }
  const authority = await ownAuthority(dataDir, gateway.id, nowMs)
  const names = certificateNames([splitHostPort(listen).host], gateway.tlsNames)
  const made: ServerCertificate = await authority.issue(names, nowMs)
  return { ...made, authority: authority.pem }
}

function read(path: string): string {
  return readFileSync(path, 'utf8')
}
