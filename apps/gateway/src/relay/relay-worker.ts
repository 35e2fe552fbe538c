import { parentPort, workerData } from 'node:worker_threads'
import { RelayInProcess } from './relay-in-process.ts'
import type { FromRelay, ToRelay } from './relay-messages.ts'

const TELL_STATE_EVERY_MS = 250

const tell = (message: FromRelay) => parentPort?.postMessage(message)
const waiting = new Map<number, (headers: Record<string, string>) => void>()
let batches = 0

// Whoever watches the gateway is in its main thread: it gives the headers, and hears how it went.
async function publishing(events: number, publish: (headers: Record<string, string>) => Promise<void>): Promise<void> {
  const batch = ++batches
  const headers = new Promise<Record<string, string>>((resolve) => waiting.set(batch, resolve))
  tell({ kind: 'publishing', batch, events })
  try {
    await publish(await headers)
    tell({ kind: 'acknowledged', batch })
  } catch (error) {
    tell({ kind: 'failed', batch })
    throw error
  }
}

const relay = new RelayInProcess(workerData, {
  onNotice: (notice) => tell({ kind: 'notice', notice }),
  onPublished: (published) => tell({ kind: 'published', published }),
  publishing,
})

parentPort?.on('message', async (message: ToRelay) => {
  if (message.kind === 'headers') {
    waiting.get(message.batch)?.(message.headers)
    waiting.delete(message.batch)
    return
  }
  await relay.stop(message.drainWithinMs)
  tell({ kind: 'state', state: relay.state })
  tell({ kind: 'stopped' })
})
setInterval(() => tell({ kind: 'state', state: relay.state }), TELL_STATE_EVERY_MS)
relay.start()
