/** A message that does not read as RFC 4251 says. Holds no part of the message. */
export class MalformedMessageError extends Error {
  readonly code = 'MALFORMED_SSH_MESSAGE'
  readonly retryable = false
}

/** Reads the data types of RFC 4251, section 5, from one message. Strings are views, not copies. */
export class WireReader {
  constructor(
    private readonly bytes: Buffer,
    private at = 0,
  ) {}

  get position(): number {
    return this.at
  }

  get left(): number {
    return this.bytes.length - this.at
  }

  boolean(): boolean {
    return this.take(1)[0] !== 0
  }

  byte(): number {
    return this.take(1)[0] ?? 0
  }

  uint32(): number {
    return this.take(4).readUInt32BE(0)
  }

  uint64(): bigint {
    return this.take(8).readBigUInt64BE(0)
  }

  string(): Buffer {
    return this.take(this.uint32())
  }

  /** A string as text; what is not UTF-8 becomes U+FFFD. */
  text(): string {
    return this.string().toString('utf8')
  }

  rest(): Buffer {
    return this.take(this.left)
  }

  private take(length: number): Buffer {
    if (length > this.left) throw new MalformedMessageError(`a field of ${length} bytes ends after its message`)
    const taken = this.bytes.subarray(this.at, this.at + length)
    this.at += length
    return taken
  }
}

export function wireUint32(value: number): Buffer {
  const bytes = Buffer.allocUnsafe(4)
  bytes.writeUInt32BE(value >>> 0, 0)
  return bytes
}

export function wireString(value: string | Buffer): Buffer {
  const bytes = typeof value === 'string' ? Buffer.from(value, 'utf8') : value
  return Buffer.concat([wireUint32(bytes.length), bytes])
}
