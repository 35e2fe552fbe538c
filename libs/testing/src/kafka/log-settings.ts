import type { KafkaRelease } from './releases.ts'
import { propertiesText } from './server-properties.ts'

/** What the broker logs once it serves clients, as `kafka.server.KafkaRaftServer` at INFO. */
export const STARTED = 'Kafka Server started'

const PATTERN = '%d{ISO8601} %p %c: %m%n'

/** Warnings, and the line that says that it started, on standard output. */
export function logSettings(release: KafkaRelease): { text: string; flag: (file: string) => string } {
  if (release === '3.9') return { text: propertiesText(log4j1), flag: (file) => `-Dlog4j.configuration=file:${file}` }
  return { text: propertiesText(log4j2), flag: (file) => `-Dlog4j2.configurationFile=file:${file}` }
}

const log4j1 = {
  'log4j.rootLogger': 'WARN, stdout',
  'log4j.appender.stdout': 'org.apache.log4j.ConsoleAppender',
  'log4j.appender.stdout.layout': 'org.apache.log4j.PatternLayout',
  'log4j.appender.stdout.layout.ConversionPattern': PATTERN,
  'log4j.logger.kafka.server.KafkaRaftServer': 'INFO',
}

const log4j2 = {
  'appender.stdout.type': 'Console',
  'appender.stdout.name': 'stdout',
  'appender.stdout.layout.type': 'PatternLayout',
  'appender.stdout.layout.pattern': PATTERN,
  'rootLogger.level': 'WARN',
  'rootLogger.appenderRef.stdout.ref': 'stdout',
  'logger.raft.name': 'kafka.server.KafkaRaftServer',
  'logger.raft.level': 'INFO',
}
