import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openStore, type Store } from '@hoptrace/store'

/** A real embedded store in a directory of its own. */
export class TestStore {
  private constructor(
    readonly store: Store,
    private readonly directory: string,
  ) {}

  static async open(): Promise<TestStore> {
    const directory = await mkdtemp(join(tmpdir(), 'hoptrace-api-'))
    const store = await openStore({ kind: 'embedded', path: directory, readers: 4 })
    await store.migrate()
    return new TestStore(store, directory)
  }

  async close(): Promise<void> {
    await this.store.close()
    await rm(this.directory, { recursive: true, force: true })
  }
}
