import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { CommandLine } from './signed-in/command-line.test-support.ts'

let directory: string
let hoptrace: CommandLine

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'hoptrace-own-'))
  mkdirSync(join(directory, '.hoptrace'))
  writeFileSync(join(directory, '.hoptrace', 'operator.token'), 'the-operators-own-token\n', { mode: 0o600 })
  hoptrace = new CommandLine({ XDG_CONFIG_HOME: directory }, directory)
})
afterAll(() => rmSync(directory, { recursive: true }))

const list = (url: string) => hoptrace.run(['sessions', 'list'], { HOPTRACE_URL: url })

describe('the operator token of a data directory', () => {
  it('is shown to no platform but the one on this machine', async () => {
    expect(await list('http://platform.invalid')).toMatchObject({ code: 4, stderr: expect.stringContaining('HOPTRACE_TOKEN') })
  })

  it.each(['http://127.0.0.1:1', 'http://localhost:1', 'http://[::1]:1'])('is shown to %s', async (url) => {
    expect(await list(url)).toMatchObject({ code: 5 })
  })
})
