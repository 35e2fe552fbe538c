import { createServer } from 'node:http'

// The target of the HTTP figures. `http-target PORT`: `/invoice` answers JSON of about 400 bytes, `/download?bytes=N` so many,
// `/watch` with an event now and then, and never ends.
const [port] = process.argv.slice(2).map(Number)
const invoice = Buffer.from(
  JSON.stringify({
    id: 7,
    customer: 'c-1042',
    host: 'ledger.internal',
    lines: Array.from({ length: 6 }, (_, n) => ({ n, item: `item ${n}`, cents: 1999 + n })),
  }),
)
const block = Buffer.alloc(64 * 1024, 'x')

const server = createServer((req, res) => {
  const url = new URL(req.url ?? '/', 'http://target.invalid')
  if (url.pathname === '/download') return download(Number(url.searchParams.get('bytes')))
  if (url.pathname === '/watch') return watch()
  req.resume()
  res.writeHead(200, { 'content-type': 'application/json', 'content-length': invoice.length }).end(invoice)

  function download(bytes: number): void {
    res.writeHead(200, { 'content-type': 'application/octet-stream', 'content-length': bytes })
    let left = bytes
    const write = (): void => {
      while (left > 0) {
        const part = left < block.length ? block.subarray(0, left) : block
        left -= part.length
        if (!res.write(part)) return void res.once('drain', write)
      }
      res.end()
    }
    write()
  }

  function watch(): void {
    res.writeHead(200, { 'content-type': 'text/event-stream' })
    res.write('data: {"type":"ADDED"}\n\n')
    const timer = setInterval(() => res.write('data: {"type":"MODIFIED"}\n\n'), 1000)
    res.on('close', () => clearInterval(timer))
  }
})
// On a busy machine a connection may be closed in the very moment in which it is used again.
server.keepAliveTimeout = 120_000
server.listen(port, '127.0.0.1', () => console.log('listening'))
