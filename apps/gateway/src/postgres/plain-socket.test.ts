import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { afterEach, expect, it } from 'vitest'
import { connectPlain, onBytes } from './plain-socket.ts'
import { readExactly } from './socket-reader.ts'

const open: { destroy(): void }[] = []
afterEach(() => {
  for (const one of open.splice(0)) one.destroy()
})

async function aConnection(): Promise<{ near: Socket; far: Socket }> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const accepted = once(server, 'connection') as Promise<[Socket]>
  const near = connectPlain({ host: '127.0.0.1', port: (server.address() as AddressInfo).port })
  const [far] = await accepted
  server.close()
  open.push(near, far)
  return { near, far }
}

it('gives what waited in the stream first, and then every byte in order', async () => {
  const { near, far } = await aConnection()
  far.write('hello, and more')
  expect((await readExactly(near, 5)).toString()).toBe('hello')
  const got: Buffer[] = []
  onBytes(near, (chunk) => got.push(chunk))
  near.resume()
  const sent = randomBytes(3 * 1024 * 1024)
  far.end(sent)
  await once(near, 'end')
  const whole = Buffer.concat([Buffer.from(', and more'), sent])
  expect(digest(Buffer.concat(got))).toBe(digest(whole))
})

it('keeps a chunk as it was when the next one comes, on another connection too', async () => {
  const [one, other] = [await aConnection(), await aConnection()]
  const got: Buffer[] = []
  for (const [{ near, far }, text] of [
    [one, 'first'],
    [other, 'other'],
  ] as const) {
    onBytes(near, (chunk) => got.push(chunk))
    near.resume()
    far.end(text)
    await once(near, 'end')
  }
  expect(got.map(String)).toEqual(['first', 'other'])
})

it('reads nothing while it is paused', async () => {
  const { near, far } = await aConnection()
  const got: Buffer[] = []
  onBytes(near, (chunk) => {
    got.push(chunk)
    near.pause()
  })
  near.resume()
  far.end(randomBytes(1024 * 1024))
  while (near.bytesRead < 1024 * 1024) {
    const { length } = got
    near.resume()
    while (got.length === length) await new Promise(setImmediate)
    expect(got.length).toBe(length + 1)
  }
  expect(Buffer.concat(got).length).toBe(1024 * 1024)
})

function digest(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex')
}
