import { readdirSync, readFileSync } from 'node:fs'
import type { Traffic } from './wire-capture.test-support.ts'

export const fixtureDirectory = new URL('./fixtures/', import.meta.url)
export const fixtureNames = readdirSync(fixtureDirectory).filter((name) => name.endsWith('.txt'))

/** A captured conversation: a line a chunk, who sent it and its bytes in hex. */
export function fixture(name: string): Traffic {
  const lines = readFileSync(new URL(name, fixtureDirectory), 'utf8').trim().split('\n')
  return lines.map((line) => {
    const [from, hex] = line.split(' ')
    return { from: from === 'caller' ? 'caller' : 'target', bytes: Buffer.from(hex ?? '', 'hex') }
  })
}
