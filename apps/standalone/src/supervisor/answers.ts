import { setTimeout as sleep } from 'node:timers/promises'

const EVERY_MS = 100

/** Resolves once the address answers 200; rejects when aborted. */
export async function answers(url: string, signal: AbortSignal): Promise<void> {
  while (!(await isAnswering(url, signal))) await sleep(EVERY_MS, undefined, { signal })
}

async function isAnswering(url: string, signal: AbortSignal): Promise<boolean> {
  try {
    const response = await fetch(url, { signal: AbortSignal.any([signal, AbortSignal.timeout(5_000)]) })
    await response.arrayBuffer()
    return response.ok
  } catch {
    return false
  }
}
