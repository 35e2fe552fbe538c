import { randomInt } from 'node:crypto'
import { createServer } from 'node:net'

// Below the range from which Linux takes the source ports of connections (32768 and up): a port of that range
// that is free now may be the near end of somebody's connection when the server comes to listen on it.
const FIRST = 12_000
const LAST = 32_000

const given = new Set<number>()

/** A port that nothing listens on, and that this process gives once only. Tests that run beside it draw from the same 20,000. */
export async function freePort(host = '127.0.0.1'): Promise<number> {
  for (;;) {
    const port = randomInt(FIRST, LAST)
    if (given.has(port) || !(await canListen(port, host))) continue
    given.add(port)
    return port
  }
}

function canListen(port: number, host: string): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', (error: NodeJS.ErrnoException) => (error.code === 'EADDRINUSE' ? resolve(false) : reject(error)))
    server.listen(port, host, () => server.close(() => resolve(true)))
  })
}
