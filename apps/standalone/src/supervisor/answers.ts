import { setTimeout as sleep } from 'node:timers/promises'

const EVERY_MS = 100

/** Resolves once the address answers 200 to this token: whoever else holds the port does not know it. Rejects when aborted. */
export async function answers(url: string, token: string, signal: AbortSignal): Promise<void> {
  while (!(await isAnswering(url, token, signal))) await sleep(EVERY_MS, undefined, { signal })
}

async function isAnswering(url: string, token: string, signal: AbortSignal): Promise<boolean> {
  try {
    const response = await fetch(url, {
      headers: { authorization: `Bearer ${token}` },
      signal: AbortSignal.any([signal, AbortSignal.timeout(5_000)]),
    })
    await response.arrayBuffer()
    return response.ok
  } catch {
    return false
  }
}
