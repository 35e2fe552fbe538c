import 'reflect-metadata'
import type { webcrypto } from 'node:crypto'
import { isIP } from 'node:net'
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509Certificate,
  X509CertificateGenerator,
} from '@peculiar/x509'
import { generateKeyPair, importPrivateKey, privateKeyPem, SIGNING } from './keys.ts'

export const DAY_MS = 86_400_000
/** Some clients take no server certificate of more than 825 days. */
const SERVER_DAYS = 397
const AUTHORITY_DAYS = 3650
/** RFC 5280, appendix A. */
const MAX_COMMON_NAME = 64
/** Callers' clocks may be behind. */
const BACKDATED_MS = 3_600_000

/** PEM; the certificate with what signed it need not follow: the authority signs it itself. */
export type ServerCertificate = { cert: string; key: string; expiresMs: number }

type Certified = { cert: string; key: string }

/** A certificate authority of one gateway's own: X.509 (RFC 5280), ECDSA over P-256. */
export class Authority {
  private constructor(
    private readonly certificate: X509Certificate,
    private readonly key: webcrypto.CryptoKey,
  ) {}

  /** PEM of one that is made now. @param name of the gateway, for people who look at the certificate */
  static async make(name: string, nowMs: number): Promise<Certified> {
    const keys = await generateKeyPair()
    const certificate = await X509CertificateGenerator.createSelfSigned({
      name: [{ O: ['Hoptrace'] }, { CN: [`Hoptrace gateway ${name}`.slice(0, MAX_COMMON_NAME)] }],
      keys,
      signingAlgorithm: SIGNING,
      ...validity(nowMs, AUTHORITY_DAYS),
      extensions: [
        new BasicConstraintsExtension(true, 0, true),
        new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
        await SubjectKeyIdentifierExtension.create(keys.publicKey, false),
      ],
    })
    return { cert: certificate.toString('pem'), key: await privateKeyPem(keys.privateKey) }
  }

  /** @throws for what is no certificate or no key */
  static async from({ cert, key }: Certified): Promise<Authority> {
    return new Authority(new X509Certificate(cert), await importPrivateKey(key))
  }

  get pem(): string {
    return `${this.certificate.toString('pem').trimEnd()}\n`
  }

  get expiresMs(): number {
    return this.certificate.notAfter.getTime()
  }

  /** A certificate, and its new key, of a server that is reached by these names and addresses. */
  async issue(names: readonly string[], nowMs: number): Promise<ServerCertificate> {
    const keys = await generateKeyPair()
    const within = validity(nowMs, SERVER_DAYS)
    const notAfter = new Date(Math.min(within.notAfter.getTime(), this.expiresMs))
    const certificate = await X509CertificateGenerator.create({
      subject: [{ O: ['Hoptrace'] }, { CN: ['Hoptrace gateway'] }],
      issuer: this.certificate.subjectName,
      publicKey: keys.publicKey,
      signingKey: this.key,
      signingAlgorithm: SIGNING,
      notBefore: within.notBefore,
      notAfter,
      extensions: [
        new BasicConstraintsExtension(false, undefined, true),
        new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
        new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth]),
        new SubjectAlternativeNameExtension(
          names.map((value) => ({ type: isIP(value) === 0 ? ('dns' as const) : ('ip' as const), value })),
        ),
        await AuthorityKeyIdentifierExtension.create(this.certificate.publicKey, false),
      ],
    })
    return { cert: certificate.toString('pem'), key: await privateKeyPem(keys.privateKey), expiresMs: notAfter.getTime() }
  }
}

function validity(nowMs: number, days: number): { notBefore: Date; notAfter: Date } {
  return { notBefore: new Date(nowMs - BACKDATED_MS), notAfter: new Date(nowMs + days * DAY_MS) }
}
