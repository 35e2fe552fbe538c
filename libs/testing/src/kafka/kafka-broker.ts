import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { freePort } from '../free-port.ts'
import { BrokerProcess, formatStorage } from './broker-process.ts'
import { classPath } from './class-path.ts'
import { logSettings } from './log-settings.ts'
import { type KafkaRelease, usualRelease } from './releases.ts'
import { type KafkaListener, type KafkaLogin, propertiesText, serverProperties } from './server-properties.ts'

export type KafkaBroker = {
  /** Addresses for clients, host:port. */
  brokers: string[]
  /** Ends it in order and removes its data, unless they stand in a directory of the caller's. */
  stop(): Promise<void>
  /** Ends it as a crash would, and leaves its data. */
  kill(): Promise<void>
  /** Starts it again after `kill`, on the same port and data. */
  start(): Promise<void>
  /** Holds every thread of it: connections stay open, and nothing answers. */
  pause(): void
  resume(): void
  /** The end of what it logged. */
  log(): string
}

export type KafkaOptions = {
  release?: KafkaRelease
  /** Start one even if KAFKA_BROKERS names another: for tests that kill it or want TLS. */
  own?: boolean
  host?: string
  port?: number
  /** Paths of a certificate and its key (PKCS #8), PEM; with `ca`, clients must present a certificate of it. */
  tls?: { cert: string; key: string; ca?: string }
  sasl?: Omit<KafkaLogin, 'mechanism'> & Partial<Pick<KafkaLogin, 'mechanism'>>
  /** More of server.properties. */
  settings?: Record<string, string>
  /** Where to keep the data; by default a temporary directory that `stop` removes. */
  dataDirectory?: string
}

/**
 * A real Apache Kafka broker on loopback, in KRaft mode, ready for clients; or the one that KAFKA_BROKERS names.
 * @throws when it does not start within a minute, with the end of its log
 */
export async function startKafka(options: KafkaOptions = {}): Promise<KafkaBroker> {
  const existing = process.env.KAFKA_BROKERS
  const isPlain = !options.tls && !options.sasl && !options.settings && !options.release
  if (existing && !options.own && isPlain) return existingBroker(existing)
  const home = mkdtempSync(join(tmpdir(), 'hoptrace-kafka-'))
  try {
    const { broker, address } = await prepare(home, options)
    await broker.start()
    return running(broker, address, home)
  } catch (error) {
    rmSync(home, { recursive: true, force: true })
    throw error
  }
}

function running(broker: BrokerProcess, address: string, home: string): KafkaBroker {
  return {
    brokers: [address],
    stop: async () => {
      await broker.end('SIGTERM')
      rmSync(home, { recursive: true, force: true })
    },
    kill: () => broker.end('SIGKILL'),
    start: () => broker.start(),
    pause: () => broker.signal('SIGSTOP'),
    resume: () => broker.signal('SIGCONT'),
    log: () => broker.log(),
  }
}

async function prepare(home: string, options: KafkaOptions): Promise<{ broker: BrokerProcess; address: string }> {
  const release = options.release ?? usualRelease()
  const listener = await listenerOf(home, options)
  const dataDirectory = resolve(options.dataDirectory ?? join(home, 'data'))
  mkdirSync(dataDirectory, { recursive: true })
  const properties = join(home, 'server.properties')
  const settings = { ...serverProperties(listener, dataDirectory), ...options.settings }
  writeFileSync(properties, propertiesText(settings), { mode: 0o600 })
  const log = logSettings(release)
  const logFile = join(home, 'log.properties')
  writeFileSync(logFile, log.text)
  const command = { classPath: await classPath(release), flags: [log.flag(logFile)], cwd: home }
  await formatStorage(command, properties, scramAccounts(listener))
  return { broker: new BrokerProcess(command, properties), address: `${listener.host}:${listener.port}` }
}

async function listenerOf(home: string, options: KafkaOptions): Promise<KafkaListener> {
  const host = options.host ?? '127.0.0.1'
  const [port, controllerPort, internalPort] = await Promise.all([options.port ?? freePort(host), freePort(host), freePort(host)])
  const { tls, sasl } = options
  return {
    host,
    port,
    controllerPort,
    internalPort,
    ...(tls ? { tls: { keyStore: keyStore(home, tls), ...(tls.ca ? { ca: resolve(tls.ca) } : {}) } } : {}),
    ...(sasl ? { sasl: { mechanism: 'PLAIN', ...sasl } } : {}),
  }
}

// Kafka reads one PEM file: the key, then the chain.
function keyStore(home: string, { cert, key }: { cert: string; key: string }): string {
  const file = join(home, 'server.pem')
  writeFileSync(file, `${readFileSync(key, 'utf8').trimEnd()}\n${readFileSync(cert, 'utf8')}`, { mode: 0o600 })
  return file
}

function scramAccounts({ sasl }: KafkaListener): string[] {
  if (!sasl || sasl.mechanism === 'PLAIN') return []
  return [`${sasl.mechanism}=[name=${sasl.username},password=${sasl.password}]`]
}

function existingBroker(addresses: string): KafkaBroker {
  const refuse = (what: string) => (): never => {
    throw new Error(`Cannot ${what} the broker that KAFKA_BROKERS names: ask for an own one`)
  }
  return {
    brokers: addresses.split(',').map((address) => address.trim()),
    stop: async () => {},
    kill: async () => refuse('kill')(),
    start: async () => refuse('start')(),
    pause: refuse('pause'),
    resume: refuse('resume'),
    log: () => '',
  }
}
