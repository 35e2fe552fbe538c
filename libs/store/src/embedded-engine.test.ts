import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openStore, type Store } from './index.ts'

const path = mkdtempSync(join(tmpdir(), 'hoptrace-store-'))
let store: Store

beforeAll(async () => {
  store = await openStore({ kind: 'embedded', path })
})
afterAll(async () => {
  await store.close()
  rmSync(path, { recursive: true, force: true })
})

describe('the embedded store', () => {
  it('tells a second process on the same path that it is in use', () => {
    const door = fileURLToPath(new URL('../dist/index.js', import.meta.url))
    const script = `import(${JSON.stringify(door)}).then((m) => m.openStore({ kind: 'embedded', path: ${JSON.stringify(path)} }))
      .then(() => console.log('opened'), (error) => console.log(error.code, error.holder))`
    const { stdout } = spawnSync(process.execPath, ['-e', script], { encoding: 'utf8' })
    expect(stdout.trim()).toBe(`STORE_IN_USE ${process.pid}`)
  })
})
