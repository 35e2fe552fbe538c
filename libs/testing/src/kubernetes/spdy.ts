import { constants, createDeflate, createInflate, type Deflate, type Inflate } from 'node:zlib'

/** Names and values in the order of the dictionary of SPDY, draft 3.1, section 2.6.10.1; each name has its length before it. */
const NAMES =
  'options head post put delete trace accept accept-charset accept-encoding accept-language accept-ranges age allow authorization cache-control connection content-base content-encoding content-language content-length content-location content-md5 content-range content-type date etag expect expires from host if-match if-modified-since if-none-match if-range if-unmodified-since last-modified location max-forwards pragma proxy-authenticate proxy-authorization range referer retry-after server te trailer transfer-encoding upgrade user-agent vary via warning www-authenticate method get status'
const MORE_NAMES = 'version'
const HTTP_NAMES = 'url public set-cookie keep-alive origin'
const STATUSES =
  '100101201202205206300302303304305306307402405406407408409410411412413414415416417502504505203 Non-Authoritative Information204 No Content301 Moved Permanently400 Bad Request401 Unauthorized403 Forbidden404 Not Found500 Internal Server Error501 Not Implemented503 Service UnavailableJan Feb Mar Apr May Jun Jul Aug Sept Oct Nov Dec 00:00:00 Mon, Tue, Wed, Thu, Fri, Sat, Sun, GMTchunked,text/html,image/png,image/jpg,image/gif,application/xml,application/xhtml+xml,text/plain,text/javascript,publicprivatemax-age=gzip,deflate,sdchcharset=utf-8charset=iso-8859-1,utf-,*,enq=0.'

const DICTIONARY = Buffer.concat([
  ...NAMES.split(' ').map(withLength),
  withLength('200 OK'),
  withLength(MORE_NAMES),
  withLength('HTTP/1.1'),
  ...HTTP_NAMES.split(' ').map(withLength),
  Buffer.from(STATUSES, 'latin1'),
])

const Frame = { synStream: 1, synReply: 2, rstStream: 3, ping: 6, goAway: 7, headers: 8, windowUpdate: 9 } as const
const FIN = 1
const HEADER_BYTES = 8

export type SpdyStream = { data(bytes: Buffer): void; end(): void }

/** As much of SPDY/3.1's server side as kubectl's port-forward needs. Windows are opened at once, and never waited for. */
export class SpdyServer {
  private readonly inflate: Inflate = createInflate({ dictionary: DICTIONARY, finishFlush: constants.Z_SYNC_FLUSH })
  private readonly deflate: Deflate = createDeflate({ dictionary: DICTIONARY, flush: constants.Z_SYNC_FLUSH })
  private readonly streams = new Map<number, SpdyStream>()
  private pending = Buffer.alloc(0)
  private turn: Promise<void> = Promise.resolve()

  constructor(
    private readonly write: (bytes: Buffer) => void,
    private readonly open: (stream: number, headers: Map<string, string>) => SpdyStream,
  ) {}

  take(bytes: Buffer): void {
    this.pending = Buffer.concat([this.pending, bytes])
    while (this.pending.length >= HEADER_BYTES) {
      const length = HEADER_BYTES + this.pending.readUIntBE(5, 3)
      if (this.pending.length < length) return
      const frame = this.pending.subarray(0, length)
      this.pending = this.pending.subarray(length)
      this.turn = this.turn.then(() => this.frame(frame))
    }
  }

  send(stream: number, bytes: Buffer): void {
    this.turn = this.turn.then(() => this.write(dataFrame(stream, 0, bytes)))
  }

  end(stream: number): void {
    this.turn = this.turn.then(() => this.write(dataFrame(stream, FIN, Buffer.alloc(0))))
  }

  private async frame(frame: Buffer): Promise<void> {
    const first = frame.readUInt32BE(0)
    const content = frame.subarray(HEADER_BYTES)
    if (first < 0x8000_0000) return this.data(first, frame[4] ?? 0, content)
    const type = first & 0xffff
    if (type === Frame.synStream) return this.opened(content, frame[4] ?? 0)
    if (type === Frame.ping) this.write(controlFrame(Frame.ping, 0, content))
    if (type === Frame.rstStream) this.close(content.readUInt32BE(0))
  }

  private data(stream: number, flags: number, bytes: Buffer): void {
    if (bytes.length > 0) {
      this.streams.get(stream)?.data(bytes)
      for (const of of [stream, 0]) this.write(controlFrame(Frame.windowUpdate, 0, words(of, bytes.length)))
    }
    if (flags & FIN) this.close(stream)
  }

  private close(stream: number): void {
    this.streams.get(stream)?.end()
    this.streams.delete(stream)
  }

  private async opened(content: Buffer, flags: number): Promise<void> {
    const stream = content.readUInt32BE(0)
    const headers = readHeaders(await through(this.inflate, content.subarray(10)))
    const none = await through(this.deflate, words(0))
    this.write(controlFrame(Frame.synReply, 0, Buffer.concat([words(stream), none])))
    this.streams.set(stream, this.open(stream, headers))
    if (flags & FIN) this.close(stream)
  }
}

function withLength(text: string): Buffer {
  return Buffer.concat([words(text.length), Buffer.from(text, 'latin1')])
}

function words(...values: number[]): Buffer {
  const bytes = Buffer.alloc(4 * values.length)
  for (const [at, value] of values.entries()) bytes.writeUInt32BE(value, 4 * at)
  return bytes
}

function controlFrame(type: number, flags: number, content: Buffer): Buffer {
  return Buffer.concat([words(0x8003_0000 + type, flags * 0x100_0000 + content.length), content])
}

function dataFrame(stream: number, flags: number, content: Buffer): Buffer {
  return Buffer.concat([words(stream, flags * 0x100_0000 + content.length), content])
}

// One zlib stream a connection: what was written since the last flush comes out at the next.
function through(stream: Inflate | Deflate, bytes: Buffer): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const parts: Buffer[] = []
    const take = (part: Buffer) => parts.push(part)
    stream.on('data', take)
    stream.once('error', reject)
    stream.write(bytes)
    stream.flush(constants.Z_SYNC_FLUSH, () => {
      stream.off('data', take)
      stream.off('error', reject)
      resolve(Buffer.concat(parts))
    })
  })
}

function readHeaders(block: Buffer): Map<string, string> {
  const headers = new Map<string, string>()
  let at = 4
  const next = () => {
    const length = block.readUInt32BE(at)
    at += 4 + length
    return block.toString('latin1', at - length, at)
  }
  for (let left = block.readUInt32BE(0); left > 0; left -= 1) headers.set(next().toLowerCase(), next())
  return headers
}
