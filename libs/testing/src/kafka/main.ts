import { parseArgs } from 'node:util'
import { type KafkaOptions, startKafka } from './kafka-broker.ts'
import { kafkaMissing } from './missing.ts'
import { isKafkaRelease, releases, usualRelease } from './releases.ts'

const usage = `usage: npm run kafka -- [--release ${Object.keys(releases).join('|')}] [--port N] [--data DIR]`

/** Runs a broker until SIGINT or SIGTERM. Without --data, what it stored goes with it. */
async function main(): Promise<void> {
  const options = optionsOf(process.argv.slice(2))
  const missing = kafkaMissing(options.release)
  if (missing) throw new Error(`Apache Kafka cannot run: ${missing}. It needs Java 17 and Maven.`)
  console.log(`Starting Apache Kafka ${options.release} (fetched from Maven Central the first time)`)
  const ended = new Promise((resolve) => process.once('SIGINT', resolve).once('SIGTERM', resolve))
  const broker = await startKafka(options)
  console.log(`Kafka listens. For the other processes: export KAFKA_BROKERS=${broker.brokers.join(',')}`)
  await ended
  await broker.stop()
  console.log('Kafka stopped')
}

function optionsOf(args: string[]): KafkaOptions & { release: keyof typeof releases } {
  const { values } = parseArgs({
    args,
    options: { release: { type: 'string', default: usualRelease() }, port: { type: 'string', default: '9092' }, data: { type: 'string' } },
  })
  const { release, data } = values
  const port = Number(values.port)
  if (!isKafkaRelease(release)) throw new Error(`No such release: ${release}\n${usage}`)
  if (!Number.isInteger(port) || port < 0 || port > 65535) throw new Error(`No such port\n${usage}`)
  return { own: true, release, ...(port > 0 ? { port } : {}), ...(data ? { dataDirectory: data } : {}) }
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
})
