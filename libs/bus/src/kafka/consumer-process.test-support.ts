import { type ChildProcess, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { until } from './kafka.test-support.ts'
import type { KafkaSettings } from './settings.ts'

/** A consumer in a process of its own, so that it can be killed or held. It stores a batch when told to. */
export type ConsumerProcess = {
  /** What it said: `assigned`, `handling FIRST-LAST`, `abandoned`, … */
  said: string[]
  /** Lets the handler finish. What is written while the process is held is read when it goes on. */
  store(): void
  /** Waits until it has said this (so many times). */
  saying(text: string, times?: number): Promise<void>
  signal(name: NodeJS.Signals): void
  ended: Promise<void>
}

const program = `
import { KafkaBatchStrategy } from '@hoptrace/bus'
const { settings, groupId, topic, sessionTimeoutMs } = JSON.parse(process.argv[1])
const say = (text) => process.stdout.write(text + '\\n')
let store
process.stdin.on('data', () => store?.())
const onNotice = (notice) => say(notice.kind)
const strategy = new KafkaBatchStrategy({ settings, groupId, sessionTimeoutMs, lingerMs: 20, onNotice })
strategy.addHandler(topic, async (batch) => {
  say('handling ' + batch[0].at.offset + '-' + batch.at(-1).at.offset)
  await new Promise((resolve) => { store = resolve })
  say('stored')
}, true)
await strategy.listen((error) => say(error ? 'failed' : 'listening'))
`

export function startConsumerProcess(options: {
  settings: KafkaSettings
  groupId: string
  topic: string
  sessionTimeoutMs: number
}): ConsumerProcess {
  const child: ChildProcess = spawn(process.execPath, ['--input-type=module', '-e', program, JSON.stringify(options)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const said: string[] = []
  if (child.stdout) createInterface(child.stdout).on('line', (line) => said.push(line))
  return {
    said,
    store: () => void child.stdin?.write('\n'),
    saying: (text, times = 1) => until(() => said.filter((line) => line === text).length >= times),
    signal: (name) => void child.kill(name),
    ended: new Promise((resolve) => child.on('exit', () => resolve())),
  }
}
