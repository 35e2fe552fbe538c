import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { emulatorIn, PlayerEmulator } from '@hoptrace/terminal'

/** The emulator of the player that the web ships, to check keyframes against; null where it is not installed. */
export async function loadPlayerEmulator(): Promise<PlayerEmulator | null> {
  try {
    const bundle = createRequire(import.meta.url).resolve('asciinema-player/dist/bundle/asciinema-player.min.js')
    const emulator = emulatorIn(await readFile(bundle, 'utf8'))
    return emulator && (await PlayerEmulator.load(emulator))
  } catch {
    // Keyframes are then made without a check: they are right but for rare glyphs.
    return null
  }
}
