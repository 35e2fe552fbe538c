import 'reflect-metadata'
import { webcrypto } from 'node:crypto'
import * as x509 from '@peculiar/x509'

export type Certificate = { /** PEM. */ cert: string; key: string }

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const
const DAY_MS = 24 * 60 * 60 * 1000

/** A certificate authority of a test's own. */
export class TestAuthority {
  private serial = 1

  private constructor(
    private readonly keys: webcrypto.CryptoKeyPair,
    private readonly certificate: x509.X509Certificate,
  ) {}

  static async create(name: string): Promise<TestAuthority> {
    const keys = await generateKeys()
    const extensions = [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
    ]
    const certificate = await x509.X509CertificateGenerator.createSelfSigned({
      name: `CN=${name}`,
      keys,
      signingAlgorithm: ALGORITHM,
      extensions,
      ...validity(),
      serialNumber: '01',
    })
    return new TestAuthority(keys, certificate)
  }

  get pem(): string {
    return this.certificate.toString('pem')
  }

  server(names: readonly string[], addresses: readonly string[]): Promise<Certificate> {
    const alternatives = [
      ...names.map((value) => ({ type: 'dns', value }) as const),
      ...addresses.map((value) => ({ type: 'ip', value }) as const),
    ]
    return this.issue(`CN=${names[0] ?? 'localhost'}`, [new x509.SubjectAlternativeNameExtension(alternatives)], '1.3.6.1.5.5.7.3.1')
  }

  /** @param organization the group, as Kubernetes reads client certificates */
  client(user: string, organization: string): Promise<Certificate> {
    return this.issue(`CN=${user}, O=${organization}`, [], '1.3.6.1.5.5.7.3.2')
  }

  private async issue(subject: string, extensions: x509.Extension[], purpose: string): Promise<Certificate> {
    const keys = await generateKeys()
    this.serial += 1
    const certificate = await x509.X509CertificateGenerator.create({
      subject,
      issuer: this.certificate.subject,
      publicKey: keys.publicKey,
      signingKey: this.keys.privateKey,
      signingAlgorithm: ALGORITHM,
      serialNumber: this.serial.toString(16).padStart(2, '0'),
      extensions: [...extensions, new x509.ExtendedKeyUsageExtension([purpose])],
      ...validity(),
    })
    return { cert: certificate.toString('pem'), key: await privateKeyPem(keys.privateKey) }
  }
}

function generateKeys(): Promise<webcrypto.CryptoKeyPair> {
  return webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify'])
}

async function privateKeyPem(key: webcrypto.CryptoKey): Promise<string> {
  return x509.PemConverter.encode(await webcrypto.subtle.exportKey('pkcs8', key), 'PRIVATE KEY')
}

function validity(): { notBefore: Date; notAfter: Date } {
  const now = Date.now()
  return { notBefore: new Date(now - DAY_MS), notAfter: new Date(now + 30 * DAY_MS) }
}
