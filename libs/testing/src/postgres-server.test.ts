import { createConnection } from 'node:net'
import { expect, it } from 'vitest'
import { startPostgres } from './postgres-server.ts'

it('starts a PostgreSQL that listens on loopback, and again after it was killed', async () => {
  const server = await startPostgres()
  await server.kill()
  await server.restart()
  const socket = createConnection(server.port, server.host)
  await new Promise((resolve, reject) => socket.once('connect', resolve).once('error', reject))
  socket.destroy()
  await server.stop()
  expect(server.host).toBe('127.0.0.1')
})
