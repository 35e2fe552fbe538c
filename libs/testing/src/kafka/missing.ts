import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { classPathDirectory } from './class-path.ts'
import { type KafkaRelease, usualRelease } from './releases.ts'

// Kafka 4's broker wants it; 3.9's would run on 11.
const LEAST_JAVA = 17

let isTold = false

/** Can a real broker be had here? Null, or why not, which is also said once: suites that need it are skipped. */
export function kafkaMissing(release: KafkaRelease = usualRelease()): string | null {
  const reason = process.env.KAFKA_BROKERS ? null : (javaMissing() ?? mavenMissing(release))
  if (reason !== null && !isTold) console.warn(`Suites that need Apache Kafka are skipped: ${reason}`)
  isTold ||= reason !== null
  return reason
}

function javaMissing(): string | null {
  const { status, stderr } = spawnSync('java', ['-version'], { encoding: 'utf8' })
  if (status !== 0) return 'there is no Java here'
  const version = Number(/version "(\d+)/.exec(stderr)?.[1] ?? 0)
  return version >= LEAST_JAVA ? null : `it needs Java ${LEAST_JAVA}, and this is ${version}`
}

function mavenMissing(release: KafkaRelease): string | null {
  if (existsSync(classPathDirectory(release))) return null
  return spawnSync('mvn', ['--version']).status === 0 ? null : 'there is no Maven here to fetch it with'
}
