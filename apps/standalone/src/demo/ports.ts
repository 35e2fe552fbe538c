import { createServer } from 'node:net'

/** The port that was wished for when it is free on 127.0.0.1, else any free one: a platform may be running beside the demo. */
export function portNear(wished: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const listen = (port: number) => {
      const probe = createServer()
      probe.once('error', (error) => (port === 0 ? reject(error) : listen(0)))
      probe.listen(port, '127.0.0.1', () => {
        const address = probe.address()
        probe.close(() => resolve(typeof address === 'object' && address ? address.port : wished))
      })
    }
    listen(wished)
  })
}
