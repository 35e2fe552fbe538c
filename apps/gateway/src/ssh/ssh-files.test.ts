import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Sshd, sshdIsMissing, startSshd } from '@hoptrace/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { aTarget, eventsOf, startGateway, type TestGateway } from './gateway.test-support.ts'

const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex')
const BYTES = Buffer.from(Array.from({ length: 1_500_000 }, (_, i) => (i * 7919) >> 5))

describe.skipIf(sshdIsMissing() !== null && !process.env.CI)('files over SSH', () => {
  let sshd: Sshd
  beforeAll(async () => {
    sshd = await startSshd()
  })
  afterAll(() => sshd.stop())

  const withGateway = async (use: (gateway: TestGateway, token: string) => Promise<void>) => {
    const gateway = await startGateway([aTarget(sshd)])
    await use(gateway, gateway.mint().token)
    await gateway.idle()
    expect(gateway.faults).toEqual([])
    const events = await gateway.close()
    expect(eventsOf(events, 'recording.gap')).toEqual([])
    return events
  }
  const remote = (path: string) => `scp://${sshd.user}%3Abastion@127.0.0.1/${path}`

  it.each([
    ['scp over SFTP', [], 'sftp'],
    ['scp over its own protocol', ['-O'], 'scp'],
  ] as const)('records what %s uploads and downloads, by size and digest', async (_what, options, protocol) => {
    const [local, there, back] = ['local', 'there', 'back'].map((name) => join(sshd.dir, `${protocol}-${name}`)) as [string, string, string]
    writeFileSync(local, BYTES)
    const events = await withGateway(async (gateway, token) => {
      const up = await gateway.client('scp', [...options, local, remote(there)], token)
      const down = await gateway.client('scp', [...options, remote(there), back], token)
      expect([up.status, up.stderr, down.status, down.stderr]).toEqual([0, '', 0, ''])
    })
    expect(sha256(readFileSync(there))).toBe(sha256(BYTES))
    expect(sha256(readFileSync(back))).toBe(sha256(BYTES))
    const proof = { channel: 0, protocol, path: there, size: BYTES.length, sha256: sha256(BYTES), isComplete: true }
    expect(eventsOf(events, 'file.transfer').map((event) => event.body)).toEqual([
      { ...proof, direction: 'upload' },
      { ...proof, direction: 'download' },
    ])
    expect(eventsOf(events, 'terminal.output')).toEqual([])
    expect(eventsOf(events, 'terminal.input')).toEqual([])
  })

  it('records a tree that scp -O copies, file by file', async () => {
    const tree = join(sshd.dir, 'tree')
    mkdirSync(join(tree, 'inner'), { recursive: true })
    writeFileSync(join(tree, 'a'), 'aaa')
    writeFileSync(join(tree, 'inner', 'b'), '')
    const events = await withGateway(async (gateway, token) => {
      const up = await gateway.client('scp', ['-O', '-r', '-p', tree, remote(join(sshd.dir, 'copy'))], token)
      expect([up.status, up.stderr]).toEqual([0, ''])
    })
    const transfers = eventsOf(events, 'file.transfer').map(({ body }) => [body.path.slice(sshd.dir.length), body.size, body.isComplete])
    expect(transfers.sort()).toEqual([
      ['/copy/tree/a', 3, true],
      ['/copy/tree/inner/b', 0, true],
    ])
  })

  it('records what sftp does to files, when it is asked and when it is answered', async () => {
    const path = (name: string) => join(sshd.dir, name)
    writeFileSync(path('old'), 'x')
    const batch = [
      `rename ${path('old')} ${path('new')}`,
      `mkdir ${path('dir')}`,
      `-rm ${path('missing')}`,
      `ln -s ${path('new')} ${path('link')}`,
      `rm ${path('new')}`,
      `ls ${path('dir')}`,
    ]
    const events = await withGateway(async (gateway, token) => {
      const ran = await gateway.client(
        'sftp',
        ['-o', 'BatchMode=no', '-b', '-', '-o', `User=${sshd.user}:bastion`, '127.0.0.1'],
        token,
        `${batch.join('\n')}\n`,
      )
      expect(ran.status).toBe(0)
    })
    expect(existsSync(path('new'))).toBe(false)
    const operations = eventsOf(events, 'file.operation').map(({ body }) => [body.operation, body.path, body.to, body.status])
    expect(operations).toContainEqual(['posix-rename@openssh.com', path('old'), path('new'), null])
    expect(operations).toContainEqual(['posix-rename@openssh.com', path('old'), path('new'), 0])
    expect(operations).toContainEqual(['mkdir', path('dir'), null, 0])
    expect(operations).toContainEqual(['remove', path('missing'), null, 2])
    expect(operations).toContainEqual(['remove', path('new'), null, 0])
    expect(operations).toContainEqual(['opendir', `${path('dir')}/`, null, 0])
    expect(eventsOf(events, 'ssh.subsystem').map((event) => event.body)).toEqual([{ channel: 0, name: 'sftp', isAccepted: true }])
  })

  it('says that a transfer was not completed', async () => {
    const events = await withGateway(async (gateway, token) => {
      const ran = await gateway.client('scp', ['-O', remote(join(sshd.dir, 'nothing-here')), join(sshd.dir, 'x')], token)
      expect(ran.status).not.toBe(0)
      const full = await gateway.client('scp', [join(sshd.dir, 'user'), remote('/dev/full')], token)
      expect(full.status).not.toBe(0)
    })
    expect(eventsOf(events, 'file.transfer').map((event) => [event.body.path, event.body.isComplete])).toEqual([['/dev/full', false]])
  })

  it('refuses and records any other subsystem', async () => {
    const events = await withGateway(async (gateway, token) => {
      const ran = await gateway.client('ssh', ['-s', `${sshd.user}:bastion@127.0.0.1`, 'netconf'], token)
      expect(ran.status).not.toBe(0)
    })
    expect(eventsOf(events, 'ssh.subsystem').map((event) => event.body)).toEqual([{ channel: 0, name: 'netconf', isAccepted: false }])
  })
})
