import { spawnSync } from 'node:child_process'
import { createServer } from 'node:net'
import { type PostgresServer, type Sshd, sshdIsMissing, startPostgres, startSshd } from '@hoptrace/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ServedHoptrace, writeConfig } from './served.test-support.ts'

const missing = sshdIsMissing() ?? (spawnSync('psql', ['--version']).status === 0 ? null : 'psql is not installed')
if (missing !== null && process.env.CI === 'true') throw new Error(`These tests need sshd and psql: ${missing}`)

describe.skipIf(missing !== null)(`plain clients with the files of a run${missing === null ? '' : ` (skipped: ${missing})`}`, () => {
  let postgres: PostgresServer
  let sshd: Sshd
  let served: ServedHoptrace

  beforeAll(async () => {
    ;[postgres, sshd] = await Promise.all([startPostgres(), startSshd()])
    const orders = { name: 'orders', protocol: 'postgres', address: `127.0.0.1:${postgres.port}`, account: postgres.user }
    const bastion = { name: 'bastion', protocol: 'ssh', address: `127.0.0.1:${sshd.port}`, account: sshd.user }
    const targets = [
      { ...orders, database: postgres.database, password: { env: 'ORDERS_PASSWORD' } },
      { ...bastion, privateKey: { file: sshd.privateKeyFile }, hostKeys: [sshd.hostKeyFingerprint] },
    ]
    served = await ServedHoptrace.start(targets, { ORDERS_PASSWORD: postgres.password })
    const start = ['run', 'start', '--principal', 'report-agent', '--task', "Count today's orders", '--ttl', '1h']
    const grants = ['--grant', 'orders:postgres', '--grant', 'bastion:ssh']
    expect(await served.run([...start, ...grants, '--write', './run'])).toMatchObject({ code: 0, stderr: '' })
  })
  afterAll(async () => {
    await served?.stop()
    await Promise.all([postgres?.stop(), sshd?.stop()])
  })

  const login = (account: string) => `-h 127.0.0.1 -p ${served.ports.postgres} -U ${account} -d orders -w -At`

  it('lets psql in by the pgpass file alone', async () => {
    const line = `PGPASSFILE=run/pgpass psql ${login(postgres.user)} -c 'SELECT 41 + 1'`
    expect(await served.shell(line)).toEqual({ code: 0, stdout: '42\n', stderr: '' })
  })

  it('lets ssh in by the SSH config alone, which pins the gateway’s key', async () => {
    expect(await served.shell("ssh -F run/ssh_config -o BatchMode=yes bastion 'echo from $0; exit 7'")).toMatchObject({
      code: 7,
      stdout: expect.stringMatching(/^from \S+\n$/),
      stderr: '',
    })
  })

  it('lets scp through, and both sessions are recorded whole', async () => {
    await served.shell('echo carried > out.txt')
    expect(await served.shell(`scp -q -F run/ssh_config -o BatchMode=yes out.txt bastion:${sshd.dir}/in.txt`)).toMatchObject({ code: 0 })
    expect(await served.shell(`cat ${sshd.dir}/in.txt`)).toMatchObject({ stdout: 'carried\n' })
    await expect
      .poll(async () => (await served.run(['verify'])).stdout, { timeout: 30_000 })
      .toMatch(/\b3 complete, 1 unfinished, 0 gap, 0 conflict/)
  })

  it('starts a child of the run over SSH, which reaches no more than its parent', async () => {
    const child = (grant: string) =>
      served.shell(
        `ssh -F run/ssh_config -o BatchMode=yes -l hoptrace bastion "run start --principal helper --task 'look again' --grant ${grant} --ttl 5m"`,
      )
    const { code, stdout } = await child('orders:postgres')
    const { run, token } = JSON.parse(stdout) as { run: { lineage: string[]; rootPrincipal: string; task: string }; token: string }
    expect([code, run.rootPrincipal, run.lineage.length, run.task]).toEqual([0, 'report-agent', 1, 'look again'])
    expect(await served.shell(`PGPASSWORD=${token} psql ${login(postgres.user)} -c 'SELECT 1'`)).toMatchObject({ stdout: '1\n' })
    const greedy = await child('elsewhere:ssh')
    expect([greedy.code === 0, greedy.stderr]).toEqual([false, expect.stringContaining('elsewhere')])
  })

  it('says in a sentence that a port of the gateway is taken', async () => {
    const taken = createServer().listen(0, '127.0.0.1')
    await new Promise((resolve) => taken.once('listening', resolve))
    const address = taken.address()
    const port = typeof address === 'object' && address !== null ? address.port : 0
    const config = writeConfig(sshd.dir, { postgres: port, ssh: 0, control: 0, api: 0 }, [])
    const { code, stderr } = await served.run(['serve', '--config', config])
    taken.close()
    expect([code, stderr]).toEqual([1, expect.stringContaining(`127.0.0.1:${port}`)])
    expect(stderr).toContain('The gateway did not start')
    expect(stderr).not.toMatch(/\n\s+at /)
  })
})
