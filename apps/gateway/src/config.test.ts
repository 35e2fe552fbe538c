import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { ConfigError, loadConfig } from './config.ts'
import { kafkaSettingsOf } from './relay/kafka-section.ts'

function problemOf(yaml: string): string {
  const path = join(mkdtempSync(join(tmpdir(), 'hoptrace-config-')), 'hoptrace.yaml')
  writeFileSync(path, yaml)
  try {
    loadConfig({ HOPTRACE_CONFIG: path })
  } catch (error) {
    if (error instanceof ConfigError) return error.message
    throw error
  }
  throw new Error('this configuration was taken')
}

describe('a configuration that cannot be used', () => {
  const target = 'targets:\n  - name: orders\n    protocol: postgres\n    address: 127.0.0.1:5432\n    account: app\n    database: orders\n'

  it.each([
    ['a secret written where its source belongs', `${target}    password: Tr0ub4dor-3x\n`],
    ['a secret beside a fault of the syntax', `${target}    password: {env: "Tr0ub4dor-3x\n`],
    ['a secret under a wrong name', `${target}    password: {value: Tr0ub4dor-3x}\n`],
    ['a secret in a list', `${target}    password: [Tr0ub4dor-3x]\n  }\n`],
  ])('is refused without a word of %s', (_, yaml) => {
    expect(problemOf(yaml)).not.toContain('Tr0ub4dor')
  })

  it.each(['import', 'api'])('is one that gives the gateway the name %s, which the platform has', (id) => {
    expect(problemOf(`gateway: {id: ${id}}\n`)).toContain('gateway.id:')
  })

  it('is one whose spool has no room for what its readers have yet to take', () => {
    expect(problemOf('gateway: {segmentBytes: 1048576, spool: {maxBytes: 4000000}}\n')).toContain('gateway.spool.maxBytes:')
  })

  it.each([
    ['gateway.runs.writerUrl', 'gateway: {runs: {role: reader}}\nkafka: {brokers: [k:9092]}\n'],
    ['gateway.runs.writerUrl', 'gateway: {runs: {role: writer, writerUrl: http://gw-1:6470}}\n'],
    ['gateway.runs.writerUrl', 'gateway: {runs: {role: reader, writerUrl: ftp://gw-1}}\nkafka: {brokers: [k:9092]}\n'],
    ['gateway.runs.role', 'gateway: {runs: {role: reader, writerUrl: http://gw-1:6470}}\n'],
    ['kafka.brokers', 'kafka: {brokers: []}\n'],
    ['kafka.brokers.0', 'kafka: {brokers: [kafka://k:9092]}\n'],
    ['kafka.tls', 'kafka: {brokers: [k:9092], tls: {cert: gw.crt}}\n'],
  ])('is one whose %s fits nothing else', (place, yaml) => {
    expect(problemOf(yaml)).toContain(`${place}:`)
  })

  it('is one with a password of the brokers in it, which is not repeated', () => {
    const problem = problemOf('kafka: {brokers: [k:9092], sasl: {mechanism: plain, username: gw, password: Tr0ub4dor-3x}}\n')
    expect(problem).toContain('kafka.sasl.password:')
    expect(problem).not.toContain('Tr0ub4dor')
  })

  it('names the place of each fault', () => {
    expect(problemOf('gateway: {\n  id: gw\n')).toMatch(/is not YAML: \w+ at line \d+/)
    expect(problemOf('tenant: "no spaces"\n')).toContain('tenant:')
  })
})

describe('targets', () => {
  function targetsIn(...targets: object[]) {
    const dir = mkdtempSync(join(tmpdir(), 'hoptrace-config-'))
    // JSON is YAML.
    writeFileSync(join(dir, 'hoptrace.yaml'), JSON.stringify({ targets }))
    return { dir, targets: loadConfig({ HOPTRACE_CONFIG: join(dir, 'hoptrace.yaml') }).targets }
  }
  const cluster = { name: 'prod', protocol: 'kubernetes', address: '10.0.0.1:6443', account: 'gateway', credential: 'caller' }
  const web = { name: 'billing', protocol: 'http', address: '10.0.0.5:8080', account: 'svc', credential: 'none' }
  const fromFile = { file: 'secret' }

  it('over Kubernetes are verified, and their sessions end after five minutes, unless said otherwise', () => {
    expect(targetsIn(cluster).targets).toEqual([{ ...cluster, aliases: [], durability: 'default', tls: 'verify', idleSeconds: 300 }])
  })

  it('over HTTP are plain, at the root, unless said otherwise', () => {
    expect(targetsIn(web).targets).toMatchObject([{ tls: 'disable', basePath: '', idleSeconds: 300 }])
  })

  it.each([
    [cluster, { token: fromFile }, (dir: string) => ({ token: { file: join(dir, 'secret') } })],
    [
      cluster,
      { clientCertificate: 'gw.pem', clientKey: fromFile },
      (dir: string) => ({ clientCertificate: join(dir, 'gw.pem'), clientKey: { file: join(dir, 'secret') } }),
    ],
    [web, { bearer: fromFile }, (dir: string) => ({ bearer: { file: join(dir, 'secret') } })],
    [web, { basic: { password: fromFile } }, (dir: string) => ({ basic: { password: { file: join(dir, 'secret') } } })],
    [web, { header: 'X-Api-Key', value: fromFile }, (dir: string) => ({ header: 'x-api-key', value: { file: join(dir, 'secret') } })],
    [web, { bearer: { env: 'TOKEN' } }, () => ({ bearer: { env: 'TOKEN' } })],
  ])('name files beside the configuration: %#', (target, credential, expected) => {
    const { dir, targets } = targetsIn({ ...target, tls: 'verify', ca: 'ca.pem', credential })
    expect(targets).toMatchObject([{ ca: join(dir, 'ca.pem'), credential: expected(dir) }])
  })

  it.each([
    ['a token written where its source belongs', { ...cluster, credential: { token: 'Tr0ub4dor-3x' } }],
    ['two credentials', { ...web, credential: { bearer: fromFile, basic: { password: fromFile } } }],
    ['a credential that it does not take', { ...cluster, credential: 'none' }],
    ['no credential at all', { ...web, credential: undefined }],
    ['a credential in a header of the connection', { ...web, credential: { header: 'Transfer-Encoding', value: fromFile } }],
    ['a credential in a header with a line break', { ...web, credential: { header: 'x\r\ny', value: fromFile } }],
    ['a base path that climbs', { ...web, basePath: '/api/..' }],
    ['a base path with a slash at its end', { ...web, basePath: '/api/' }],
    ['a cluster without TLS', { ...cluster, tls: 'disable' }],
    ['a session that never ends', { ...web, idleSeconds: 0 }],
    ['an address with a path', { ...web, address: '10.0.0.5:8080/api' }],
  ])('are refused with %s, and its words are not repeated', (_, target) => {
    const refused = problemOf(JSON.stringify({ targets: [target] }))
    expect(refused).toContain('targets.0')
    expect(refused).not.toContain('Tr0ub4dor')
  })
})

describe('the doors', () => {
  const withDoors = (gateway: object) => {
    const dir = mkdtempSync(join(tmpdir(), 'hoptrace-config-'))
    writeFileSync(join(dir, 'hoptrace.yaml'), JSON.stringify({ gateway }))
    return { dir, gateway: loadConfig({ HOPTRACE_CONFIG: join(dir, 'hoptrace.yaml') }).gateway }
  }
  const tls = { cert: 'gw.crt', key: 'gw.key' }

  it('take certificates beside the configuration, and for Kubernetes whom callers trust for it', () => {
    const listen = '0.0.0.0:1'
    const { dir, gateway } = withDoors({ http: { listen, tls }, kubernetes: { listen, tls: { ...tls, ca: 'ca.pem' } } })
    const absolute = { cert: join(dir, 'gw.crt'), key: join(dir, 'gw.key') }
    expect([gateway.http.tls, gateway.kubernetes.tls]).toEqual([absolute, { ...absolute, ca: join(dir, 'ca.pem') }])
  })

  it('are known by names and addresses, and by nothing else', () => {
    const tlsNames = ['gateway.internal', '10.0.0.9', 'fd00::9']
    expect(withDoors({ tlsNames }).gateway.tlsNames).toEqual(tlsNames)
    for (const name of ['https://gateway', 'gate way', '10.0.0.9:6444', '*', '']) {
      expect(problemOf(JSON.stringify({ gateway: { tlsNames: [name] } }))).toContain(
        'gateway.tlsNames.0: must be a host name or an address',
      )
    }
  })
})

describe('the environment', () => {
  const file = () => {
    const path = join(mkdtempSync(join(tmpdir(), 'hoptrace-config-')), 'hoptrace.yaml')
    writeFileSync(path, '')
    return path
  }

  it('may hold what several gateways share: the key of the digests, and a token for operators', () => {
    const [HOPTRACE_DIGEST_KEY, HOPTRACE_OPERATOR_TOKEN] = ['ab'.repeat(32), `hopop_${'x'.repeat(32)}`]
    const { shared } = loadConfig({ HOPTRACE_CONFIG: file(), HOPTRACE_DIGEST_KEY, HOPTRACE_OPERATOR_TOKEN })
    expect(shared.digestKey?.secret).toEqual(Buffer.alloc(32, 0xab))
    expect(shared.operatorToken).toBe(HOPTRACE_OPERATOR_TOKEN)
    expect(loadConfig({ HOPTRACE_CONFIG: file() }).shared).toEqual({ digestKey: null, operatorToken: null })
  })

  it.each([
    ['HOPTRACE_DIGEST_KEY', 'Tr0ub4dor'],
    ['HOPTRACE_OPERATOR_TOKEN', 'Tr0ub4dor'],
    ['HOPTRACE_OPERATOR_TOKEN', ''],
  ])('is refused with a %s that could be guessed, which is not repeated', (name, value) => {
    const load = () => loadConfig({ HOPTRACE_CONFIG: file(), [name]: value })
    expect(load).toThrow(`${name}: must be`)
    expect(load).not.toThrow('Tr0ub4dor')
  })
})

describe('the section kafka', () => {
  function sectionIn(yaml: string, files: Record<string, string> = {}) {
    const dir = mkdtempSync(join(tmpdir(), 'hoptrace-config-'))
    for (const [name, text] of Object.entries(files)) writeFileSync(join(dir, name), text)
    writeFileSync(join(dir, 'hoptrace.yaml'), yaml)
    const { kafka, gateway } = loadConfig({ HOPTRACE_CONFIG: join(dir, 'hoptrace.yaml') })
    if (!kafka) throw new Error('there is no section kafka')
    return { dir, settings: (env: NodeJS.ProcessEnv = {}) => kafkaSettingsOf(kafka, gateway.id, env) }
  }

  it('names files beside it and secrets of the environment, which are read at the start', () => {
    const sasl = 'sasl: {mechanism: scram-sha-512, username: gw, password: {env: KAFKA_PASSWORD}}'
    const { settings } = sectionIn(`kafka: {brokers: ['k:9092'], tls: {ca: ca.pem}, ${sasl}}\n`, { 'ca.pem': 'an authority' })
    expect(settings({ KAFKA_PASSWORD: 'hunter2' })).toEqual({
      clientId: 'gw-1',
      brokers: ['k:9092'],
      tls: { ca: 'an authority' },
      sasl: { mechanism: 'scram-sha-512', username: 'gw', password: 'hunter2' },
      topicPartitions: 12,
      topicReplication: 3,
      topicRetentionMs: 7 * 86_400_000,
    })
  })

  it('is refused by the name of what is missing', () => {
    const { dir, settings } = sectionIn('kafka: {brokers: [k:9092], tls: {ca: ca.pem}}\n')
    expect(settings).toThrow(`kafka.tls.ca: ${join(dir, 'ca.pem')} cannot be read`)
    const sasl = sectionIn('kafka: {brokers: [k:9092], sasl: {mechanism: plain, username: gw, password: {env: KAFKA_PASSWORD}}}\n')
    expect(sasl.settings).toThrow('the environment has no KAFKA_PASSWORD')
  })

  it('may be left out: then nothing is published', () => {
    const file = join(mkdtempSync(join(tmpdir(), 'hoptrace-config-')), 'hoptrace.yaml')
    writeFileSync(file, '')
    expect(loadConfig({ HOPTRACE_CONFIG: file }).kafka).toBeUndefined()
  })
})

describe('the example', () => {
  const example = fileURLToPath(new URL('../../../hoptrace.example.yaml', import.meta.url))

  it('can be used, and states the default of every setting but the targets', () => {
    const { tenant, gateway, targets } = loadConfig({ HOPTRACE_CONFIG: example })
    const nothing = join(mkdtempSync(join(tmpdir(), 'hoptrace-config-')), 'hoptrace.yaml')
    writeFileSync(nothing, '')
    const defaults = loadConfig({ HOPTRACE_CONFIG: nothing })
    expect({ tenant, gateway }).toEqual({ tenant: defaults.tenant, gateway: defaults.gateway })
    const said = readFileSync(example, 'utf8')
    for (const setting of Object.keys(gateway)) expect(said).toContain(`  ${setting}:`)
    expect(targets.map(({ name }) => name)).toEqual(['orders', 'bastion', 'prod', 'billing'])
  })

  it('can be used with the lines of the section kafka uncommented', () => {
    const said = readFileSync(example, 'utf8')
    const section = said.slice(said.indexOf('# kafka:'), said.indexOf('\napi:'))
    const file = join(mkdtempSync(join(tmpdir(), 'hoptrace-config-')), 'hoptrace.yaml')
    writeFileSync(file, section.replace(/^# /gm, ''))
    const { kafka } = loadConfig({ HOPTRACE_CONFIG: file })
    expect(kafka).toMatchObject({ brokers: ['kafka-1.internal:9093', 'kafka-2.internal:9093'], sasl: { username: 'hoptrace' } })
    expect(kafka?.topics).toEqual({ partitions: 12, replication: 3, retentionHours: 168 })
  })
})
