import { createHash, createHmac, pbkdf2, timingSafeEqual } from 'node:crypto'
import { promisify } from 'node:util'

export class ScramError extends Error {
  readonly code = 'SCRAM_FAILED'
  readonly retryable = false
}

const MAX_ITERATIONS = 1_000_000

/**
 * The client's side of SCRAM-SHA-256 without channel binding (RFC 5802, RFC 7677), as PostgreSQL speaks it: the user name travels
 * in the startup message and is left empty here.
 * @param nonce base64 of at least 18 random bytes, the caller's
 */
export class ScramClient {
  private readonly firstBare: string
  private serverSignature: Buffer | null = null

  constructor(
    private readonly password: string,
    private readonly nonce: string,
    user = '',
  ) {
    this.firstBare = `n=${user},r=${nonce}`
  }

  get first(): string {
    return `n,,${this.firstBare}`
  }

  /**
   * Answers the server's first message.
   * @throws ScramError when it is malformed, not for this nonce, or asks for more rounds than is sane
   */
  async final(serverFirst: string): Promise<string> {
    const { r: nonce = '', s: salt = '', i: rounds = '' } = attributes(serverFirst)
    const iterations = Number(rounds)
    if (!nonce.startsWith(this.nonce) || nonce.length <= this.nonce.length) throw new ScramError('the server answered with another nonce')
    if (salt === '' || !Number.isInteger(iterations) || iterations < 1 || iterations > MAX_ITERATIONS) {
      throw new ScramError('the server sent no usable salt and iteration count')
    }
    const salted = await promisify(pbkdf2)(prepared(this.password), Buffer.from(salt, 'base64'), iterations, 32, 'sha256')
    const withoutProof = `c=biws,r=${nonce}`
    const authMessage = `${this.firstBare},${serverFirst},${withoutProof}`
    const clientKey = hmac(salted, 'Client Key')
    const signature = hmac(createHash('sha256').update(clientKey).digest(), authMessage)
    this.serverSignature = hmac(hmac(salted, 'Server Key'), authMessage)
    const proof = clientKey.map((byte, at) => byte ^ (signature[at] ?? 0))
    return `${withoutProof},p=${Buffer.from(proof).toString('base64')}`
  }

  /**
   * Checks that the server knows the password too.
   * @throws ScramError when it does not
   */
  verify(serverFinal: string): void {
    const answered = Buffer.from(attributes(serverFinal).v ?? '', 'base64')
    const expected = this.serverSignature
    if (expected === null || answered.length !== expected.length || !timingSafeEqual(answered, expected)) {
      throw new ScramError('the server does not know the password')
    }
  }
}

/** The password as PostgreSQL's `md5` method wants it: `md5` and the digest of a digest with the server's salt. */
export function md5Password(user: string, password: string, salt: Buffer): string {
  const inner = createHash('md5').update(`${password}${user}`).digest('hex')
  return `md5${createHash('md5').update(inner).update(salt).digest('hex')}`
}

// SASLprep (RFC 4013) for what passwords hold: compatibility forms composed, other spaces made plain. PostgreSQL takes bytes it forbids as they are.
function prepared(password: string): string {
  return password
    .replace(/[\u00a0\u1680\u2000-\u200b\u202f\u205f\u3000]/g, ' ')
    .replace(/\u00ad/g, '')
    .normalize('NFKC')
}

function hmac(key: Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest()
}

function attributes(text: string): Record<string, string> {
  return Object.fromEntries(text.split(',').map((part) => [part.slice(0, 1), part.slice(2)]))
}
