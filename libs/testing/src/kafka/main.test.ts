import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { connect } from 'node:net'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { kafkaMissing } from './missing.ts'

const PROGRAM = fileURLToPath(new URL('../../dist/kafka/main.js', import.meta.url))

it.skipIf(kafkaMissing() !== null && !process.env.CI).each(['SIGINT', 'SIGTERM'] as const)(
  'npm run kafka says where the broker listens, and ends it on %s',
  async (signal) => {
    const running = spawn(process.execPath, [PROGRAM, '--port', '0'], { stdio: ['ignore', 'pipe', 'inherit'] })
    const exited = once(running, 'exit')
    const port = await announcedPort(running.stdout)
    expect(await doesListen(port)).toBe(true)
    running.kill(signal)
    expect(await exited).toEqual([0, null])
    expect(await doesListen(port)).toBe(false)
  },
)

async function announcedPort(output: NodeJS.ReadableStream): Promise<number> {
  for await (const line of createInterface({ input: output })) {
    const port = /KAFKA_BROKERS=127\.0\.0\.1:(\d+)/.exec(line)?.[1]
    if (port) return Number(port)
  }
  throw new Error('it ended without saying where it listens')
}

async function doesListen(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1')
  try {
    await once(socket, 'connect')
    return true
  } catch {
    return false
  } finally {
    socket.destroy()
  }
}
