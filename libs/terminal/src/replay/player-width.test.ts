import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { expect, it } from 'vitest'
import { thePlayer } from '../fixtures/the-player.ts'
import { playerWidth } from './player-width.ts'

it('knows the width of every character as the player draws it', async () => {
  const bundle = createRequire(import.meta.url).resolve('asciinema-player/dist/bundle/asciinema-player.min.js')
  const terminal = (await thePlayer(readFileSync(bundle, 'utf8'))).terminal(10, 2)
  const wrong: number[] = []
  for (let code = 0x20; code <= 0x10ffff; code += 1) {
    const isControl = code >= 0x7f && code < 0xa0
    const isSurrogate = code >= 0xd800 && code < 0xe000
    if (isControl || isSurrogate) continue
    terminal.feed(`\r${String.fromCodePoint(code)}`)
    if (terminal.cursor()?.[0] !== playerWidth(code)) wrong.push(code)
  }
  expect(wrong).toEqual([])
})
