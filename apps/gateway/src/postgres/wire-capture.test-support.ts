import type { Socket } from 'node:net'
import { MessageFramer } from './frames.ts'
import type { WireStep } from './wire-scripts.test-support.ts'

/** What travelled, in the order in which it did. */
export type Traffic = { from: 'caller' | 'target'; bytes: Buffer }[]

/** Plays a script on a connection that is ready, and gives back what travelled both ways. */
export async function playScript(socket: Socket, steps: readonly WireStep[]): Promise<Traffic> {
  const traffic: Traffic = []
  let seen = ''
  let look = () => {}
  const note = (type: number) => {
    seen += String.fromCharCode(type)
  }
  const framer = new MessageFramer({ wanted: () => 0, message: note })
  socket.on('data', (bytes: Buffer) => {
    traffic.push({ from: 'target', bytes })
    framer.push(bytes)
    look()
  })
  socket.resume()
  for (const { send, until } of steps) {
    seen = ''
    traffic.push({ from: 'caller', bytes: send })
    const answered = new Promise<void>((resolve) => {
      look = () => (hasAll(seen, until) ? resolve() : undefined)
      socket.write(send, look)
    })
    await answered
  }
  return traffic
}

function hasAll(seen: string, until: string): boolean {
  return [...until].every((type) => seen.split(type).length >= until.split(type).length)
}
