import { connect, type Socket } from 'node:net'

export type LoadAt = { port: number; path: string; headers: Record<string, string>; connections: number; seconds: number; body?: string }
export type Load = { perSecond: number; p50Ms: number; p99Ms: number }

/**
 * Asks over so many connections, one request at a time on each, for so long. Reads no more of an answer than its length:
 * a client that did more would be what is measured.
 */
export async function load({ port, path, headers, connections, seconds, body = '' }: LoadAt): Promise<Load> {
  const fields = { host: `127.0.0.1:${port}`, ...headers, ...(body === '' ? {} : { 'content-length': `${body.length}` }) }
  const lines = Object.entries(fields).map(([name, value]) => `${name}: ${value}\r\n`)
  const request = Buffer.from(`${body === '' ? 'GET' : 'POST'} ${path} HTTP/1.1\r\n${lines.join('')}\r\n${body}`)
  const times: number[] = []
  const start = performance.now()
  const endAt = start + seconds * 1000
  await Promise.all(Array.from({ length: connections }, () => ask(port, request, endAt, times)))
  const took = (performance.now() - start) / 1000
  times.sort((a, b) => a - b)
  return { perSecond: times.length / took, p50Ms: times[times.length >> 1] ?? 0, p99Ms: times[Math.floor(times.length * 0.99)] ?? 0 }
}

function ask(port: number, request: Buffer, endAt: number, times: number[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket: Socket = connect({ port, host: '127.0.0.1', noDelay: true })
    let sentAt = 0
    let left = -1
    let head = ''
    const send = () => {
      if (performance.now() >= endAt) return void socket.destroy()
      sentAt = performance.now()
      left = -1
      head = ''
      socket.write(request)
    }
    socket.on('connect', send)
    socket.on('close', () => resolve())
    socket.on('error', reject)
    socket.on('data', (chunk: Buffer) => {
      let bytes = chunk.length
      if (left < 0) {
        head += chunk.toString('latin1')
        const end = head.indexOf('\r\n\r\n')
        if (end < 0) return
        if (!head.startsWith('HTTP/1.1 200')) return void socket.destroy(new Error(`answered ${head.slice(0, 12)}`))
        left = Number(/^content-length: (\d+)/im.exec(head)?.[1])
        bytes = head.length - end - 4
      }
      left -= bytes
      if (left > 0) return
      times.push(performance.now() - sentAt)
      send()
    })
  })
}
