import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { CursorFile, SEGMENT_HEADER_BYTES } from '@hoptrace/bus'
import { topics } from '@hoptrace/events'
import { freePort, type KafkaBroker, kafkaMissing, startKafka } from '@hoptrace/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { eventsIn } from '../recording/recordings.test-support.ts'
import { readTopic } from './kafka.test-support.ts'

const MAIN = resolve('apps/gateway/dist/main.js')
const isMissing = kafkaMissing() !== null || spawnSync('strace', ['-V']).status !== 0

/** The built gateway as a process of its own, on one data directory. */
class GatewayProcess {
  readonly dataDir = mkdtempSync(join(tmpdir(), 'hoptrace-relay-kill-'))
  private child: ChildProcess | null = null
  private url = ''

  constructor(private readonly broker: KafkaBroker) {
    mkdirSync(this.spool, { recursive: true })
  }

  get spool(): string {
    return join(this.dataDir, 'spool')
  }

  get isDead(): boolean {
    return this.child === null || this.child.exitCode !== null || this.child.signalCode !== null
  }

  /** @param inject an expression of strace's `-e inject=` */
  async start(inject: string | null): Promise<void> {
    const [postgres, ssh, control] = [await freePort(), await freePort(), await freePort()].map((port) => ({ listen: `127.0.0.1:${port}` }))
    const any = { listen: '127.0.0.1:0' }
    const kafka = { brokers: this.broker.brokers, topics: { partitions: 3, replication: 1, retentionHours: 1 } }
    const file = join(this.dataDir, 'hoptrace.yaml')
    writeFileSync(file, JSON.stringify({ dataDir: this.dataDir, gateway: { postgres, ssh, http: any, kubernetes: any, control }, kafka }))
    this.url = `http://${control?.listen}`
    const strace = inject === null ? [] : ['strace', '-f', '-o', '/dev/null', '-e', 'trace=rename', '-e', `inject=${inject}`]
    const [command = '', ...args] = [...strace, process.execPath, MAIN]
    this.child = spawn(command, args, { env: { ...process.env, HOPTRACE_CONFIG: file }, stdio: ['ignore', 'pipe', 'ignore'] })
    const { stdout } = this.child
    // Ready, or killed before it was.
    if (stdout) await Promise.race([once(stdout, 'data'), once(this.child, 'exit')])
  }

  /** Has one run minted, which is recorded. False once the process is gone. */
  async mint(): Promise<boolean> {
    const authorization = `Bearer ${readFileSync(join(this.dataDir, 'operator.token'), 'utf8').trim()}`
    const body = JSON.stringify({ principal: 'agent-a', ttlSeconds: 60, grants: [] })
    const headers = { authorization, 'content-type': 'application/json' }
    return fetch(`${this.url}/runs`, { method: 'POST', headers, body }).then(
      (response) => response.ok,
      () => false,
    )
  }

  async end(): Promise<number | null> {
    const { child } = this
    if (!child) return null
    child.kill('SIGTERM')
    if (child.exitCode === null) await once(child, 'exit')
    return child.exitCode
  }
}

describe.skipIf(isMissing && !process.env.CI)('a gateway that is killed as its relay saves the cursor', () => {
  let broker: KafkaBroker
  beforeAll(async () => {
    broker = await startKafka()
  })
  afterAll(() => broker.stop())

  it('publishes everything it recorded, and what it publishes twice is the same', async () => {
    const gateway = new GatewayProcess(broker)
    await new CursorFile(gateway.spool, 'witness').save({ segment: 0, offset: SEGMENT_HEADER_BYTES })
    await gateway.start(null)
    await gateway.end()
    for (const when of [2, 4, 7, 11]) {
      await gateway.start(`rename:signal=SIGKILL:when=${when}`)
      while (!gateway.isDead) await gateway.mint()
    }
    await gateway.start(null)
    expect(await gateway.mint()).toBe(true)
    expect(await gateway.end()).toBe(0)
    const recorded = eventsIn(gateway.spool)
    const boots = new Set(recorded.map((event) => event.bootId))
    expect(boots.size).toBeGreaterThan(1)
    const published = (await readTopic(broker, topics.events))
      .map(({ value }) => String(value))
      .filter((value) => boots.has(JSON.parse(value).bootId))
    const idOf = (event: { sessionId: string; seq: number; hash: string }) => `${event.sessionId}/${event.seq}/${event.hash}`
    expect([...new Set(published.map((value) => idOf(JSON.parse(value))))].sort()).toEqual(recorded.map(idOf).sort())
    expect(new Set(published).size).toBe(recorded.length)
    expect(published.length).toBeGreaterThan(recorded.length)
  }, 240_000)
})
