import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { z } from 'zod'

const tool = [['docker-compose'], ['docker', 'compose']].find(
  ([command = '', ...args]) => spawnSync(command, [...args, 'version']).status === 0,
)
if (!tool && process.env.CI === 'true') throw new Error('This test needs docker-compose, which is not installed')
const skipped = tool ? '' : ' (skipped: compose is not installed)'

function compose(args: readonly string[]): { status: number | null; stdout: string; stderr: string } {
  const [command = '', ...before] = tool ?? []
  const { status, stdout, stderr } = spawnSync(command, [...before, ...args], { encoding: 'utf8', env: { PATH: process.env.PATH } })
  return { status, stdout, stderr }
}

/** The secrets of an installation of its own. */
function anEnvFile(): string {
  const file = join(mkdtempSync(join(tmpdir(), 'hoptrace-env-')), '.env')
  expect(spawnSync('sh', ['deploy/make-env.sh', file]).status).toBe(0)
  return file
}

const Service = z.looseObject({
  image: z.string().optional(),
  build: z.looseObject({ target: z.string() }).optional(),
  environment: z.record(z.string(), z.union([z.string(), z.number(), z.null()])).default({}),
  networks: z.record(z.string(), z.unknown()).default({}),
  read_only: z.boolean().default(false),
  cap_drop: z.array(z.string()).default([]),
  security_opt: z.array(z.string()).default([]),
  stop_grace_period: z.string().optional(),
  ports: z.array(z.unknown()).default([]),
  healthcheck: z.looseObject({}).optional(),
})
const File = z.looseObject({ services: z.record(z.string(), Service) })

/** The file as compose understands it. */
function resolved(): z.infer<typeof File> {
  const { status, stdout, stderr } = compose(['--env-file', anEnvFile(), 'config'])
  expect([status, stderr]).toEqual([0, ''])
  return File.parse(parse(stdout))
}

describe.skipIf(!tool)(`docker-compose.yml${skipped}`, () => {
  it('is one that compose accepts, with the secrets that the script makes', () => {
    expect(compose(['--env-file', anEnvFile(), 'config', '-q'])).toEqual({ status: 0, stdout: '', stderr: '' })
  })

  it('has no default password: without secrets it does not start, and says how to make them', () => {
    const empty = join(mkdtempSync(join(tmpdir(), 'hoptrace-env-')), '.env')
    writeFileSync(empty, '')
    const { status, stderr } = compose(['--env-file', empty, 'config', '-q'])
    expect([status, stderr]).toEqual([1, expect.stringContaining('deploy/make-env.sh')])
    const passwords = [
      ...readFileSync('docker-compose.yml', 'utf8').matchAll(/^.*(?:PASSWORD|TOKEN|SECRET|DIGEST_KEY|user_\w+)(?:: |=")(.*)$/gm),
    ]
    expect(passwords.length).toBeGreaterThan(15)
    for (const [line, value = ''] of passwords) expect([line, value.startsWith('${')]).toEqual([line, true])
  })

  it('takes from our own processes whatever they do not need', () => {
    const ours = Object.values(resolved().services).filter(({ build }) => build)
    expect(ours.map(({ build }) => build?.target).sort()).toEqual(['api', 'correlator', 'gateway', 'ingest', 'ingest', 'ingest'])
    for (const service of ours) {
      expect(service).toMatchObject({
        read_only: true,
        cap_drop: ['ALL'],
        security_opt: ['no-new-privileges:true'],
        stop_grace_period: expect.stringMatching(/^(?:60s|1m0s)$/),
      })
    }
  })

  it('builds images that run without rights, from targets that the Dockerfile has', () => {
    const dockerfile = readFileSync('Dockerfile', 'utf8')
    for (const { build } of Object.values(resolved().services)) if (build) expect(dockerfile).toContain(`AS ${build.target}\n`)
    expect(dockerfile).toMatch(/^USER 10001:10001$/m)
    expect(dockerfile).not.toMatch(/^USER (?:root|0)\b/m)
  })

  it('keeps the bus and the store to themselves', () => {
    const { kafka, clickhouse, gateway } = resolved().services
    for (const service of [kafka, clickhouse]) expect(service).toMatchObject({ ports: [], networks: { backend: null } })
    expect(Object.keys(gateway?.environment ?? {}).filter((name) => name.includes('CLICKHOUSE'))).toEqual([])
  })

  it('waits for what each process needs to be healthy', () => {
    const { services } = resolved()
    for (const name of ['kafka', 'clickhouse']) expect(services[name]?.healthcheck).toBeDefined()
  })
})

it.skipIf(!tool)(`docker-compose.standalone.yml is one that compose accepts${skipped}`, () => {
  expect(compose(['-f', 'docker-compose.standalone.yml', 'config', '-q'])).toEqual({ status: 0, stdout: '', stderr: '' })
})

describe('the script that makes secrets', () => {
  it('makes other ones each time, for their owner alone', () => {
    const [one, other] = [anEnvFile(), anEnvFile()]
    const values = (file: string) =>
      readFileSync(file, 'utf8')
        .trim()
        .split('\n')
        .map((line) => line.slice(line.indexOf('=') + 1))
    expect(new Set([...values(one), ...values(other)]).size).toBe(2 * values(one).length)
    for (const value of values(one)) expect(value).toMatch(/^(?:hopop_)?[0-9a-f]{64}$|^[A-Za-z0-9_-]{22}$/)
    expect(statSync(one).mode & 0o777).toBe(0o600)
  })

  it('never overwrites those that are in use', () => {
    const file = anEnvFile()
    const before = readFileSync(file, 'utf8')
    const again = spawnSync('sh', ['deploy/make-env.sh', file], { encoding: 'utf8' })
    expect([again.status, again.stderr]).toEqual([1, expect.stringContaining('is there already')])
    expect(readFileSync(file, 'utf8')).toBe(before)
  })
})
