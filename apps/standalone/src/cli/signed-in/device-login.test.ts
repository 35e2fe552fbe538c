import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { TestBrowser } from '@hoptrace/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { PeopleStage } from '../../people/stage.test-support.ts'
import { CommandLine } from './command-line.test-support.ts'

/** Shorter than the margin within which a token is refreshed: each command refreshes. */
const SHORT_SECONDS = 20

describe('hoptrace login at an identity provider', () => {
  let stage: PeopleStage
  let home: string
  let hoptrace: CommandLine
  const file = () => join(home, 'hoptrace', 'logins.json')
  const stored = () => JSON.parse(readFileSync(file(), 'utf8')).logins[stage.url] as Record<string, string>

  beforeAll(async () => {
    stage = await PeopleStage.start({ idTokenTtlSeconds: SHORT_SECONDS })
    home = mkdtempSync(join(tmpdir(), 'hoptrace-cli-'))
    hoptrace = new CommandLine({ HOPTRACE_URL: stage.url, XDG_CONFIG_HOME: home }, home)
  })
  afterAll(async () => {
    await stage?.stop()
    rmSync(home, { recursive: true, force: true })
  })

  const logIn = async (username: string) => {
    const running = hoptrace.start(['login'])
    const [, url = ''] = await running.says(/Open (http\S+) in any browser, and confirm this code: \S+/)
    await new TestBrowser().confirmDevice(url, username)
    return running.ended
  }

  it('tells who is not logged in to log in', async () => {
    const ended = await hoptrace.run(['whoami'])
    expect(ended).toMatchObject({ code: 4, stderr: expect.stringContaining('Log in with `hoptrace login`') })
  })

  it('prints where to go and a code, waits, and keeps the login for its owner alone', async () => {
    expect(await logIn('investigator-kim')).toMatchObject({
      code: 0,
      stdout: `Logged in at ${stage.url} as Kim the investigator (investigator), tenant acme.\n`,
    })
    expect(statSync(file()).mode & 0o777).toBe(0o600)
  })

  it('is who the platform then knows, and reads what that person may', async () => {
    const { stdout } = await hoptrace.run(['whoami', '--json'])
    expect(JSON.parse(stdout)).toMatchObject({
      subject: 'investigator-kim',
      tenant: 'acme',
      roles: ['investigator'],
      method: 'bearer',
      via: 'oidc',
    })
    const shown = await hoptrace.run(['sessions', 'show', stage.story.sqlSessionId])
    expect(shown).toMatchObject({ code: 0, stdout: expect.stringContaining("ALTER ROLE ledger_rw PASSWORD '•") })
    expect(shown.stdout).not.toContain(stage.story.secret)
  })

  it('names the right that somebody lacks', async () => {
    for (const [args, right] of [
      [['service-tokens', 'list'], 'operate'],
      [['sessions', 'show', stage.story.sqlSessionId, '--reveal'], 'reveal'],
    ] as const) {
      expect(await hoptrace.run(args)).toMatchObject({
        code: 4,
        stderr: expect.stringMatching(new RegExp(`right ${right}.*\\n.*hoptrace whoami`)),
      })
    }
  })

  it('refreshes a token that has ended, and keeps the new ones', async () => {
    const before = stored()
    expect(await hoptrace.run(['sessions', 'list'])).toMatchObject({ code: 0 })
    expect(stored().refreshToken).not.toBe(before.refreshToken)
  })

  it('is nobody where HOPTRACE_TOKEN says so', async () => {
    const ended = await hoptrace.run(['whoami'], { HOPTRACE_TOKEN: 'hopsvc_nonsense' })
    expect(ended).toMatchObject({ code: 4, stderr: expect.stringContaining('HOPTRACE_TOKEN') })
  })

  it('forgets and revokes, so that a copy of the file is worth nothing', async () => {
    const copy = readFileSync(file())
    expect(await hoptrace.run(['logout'])).toMatchObject({ code: 0, stdout: `Logged out of ${stage.url}.\n`, stderr: '' })
    expect(await hoptrace.run(['whoami'])).toMatchObject({ code: 4 })
    writeFileSync(file(), copy, { mode: 0o600 })
    expect(await hoptrace.run(['whoami'])).toMatchObject({ code: 4, stderr: expect.stringContaining('Your login has ended') })
    expect(await hoptrace.run(['logout'])).toMatchObject({ code: 0 })
    expect(await hoptrace.run(['logout'])).toMatchObject({ code: 0, stdout: `Nobody was logged in at ${stage.url}.\n` })
  })

  it('makes tokens for machines, which have no right that their maker lacks', async () => {
    await logIn('operator-kim')
    const create = (role: string) => hoptrace.run(['service-tokens', 'create', 'nightly', '--role', role, '--json'])
    expect(await create('auditor')).toMatchObject({ code: 4, stderr: expect.stringContaining('You lack') })
    const { id, token } = JSON.parse((await create('operator')).stdout) as { id: string; token: string }
    const asMachine = (args: readonly string[]) => hoptrace.run(args, { HOPTRACE_TOKEN: token })
    expect(JSON.parse((await asMachine(['whoami', '--json'])).stdout)).toMatchObject({
      name: 'nightly',
      via: 'service',
      roles: ['operator'],
    })
    expect((await hoptrace.run(['service-tokens'])).stdout).toMatch(new RegExp(`^${id} +nightly +live +operator`, 'm'))
    expect(await hoptrace.run(['service-tokens', 'revoke', id])).toMatchObject({ code: 0, stdout: `Revoked: ${id}\n` })
    expect(await asMachine(['whoami'])).toMatchObject({ code: 4 })
    expect(await hoptrace.run(['service-tokens', 'revoke', '0'.repeat(24)])).toMatchObject({ code: 3 })
  })
})
