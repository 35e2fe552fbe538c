/** A line of Apache Kafka that can be run, with the libraries that its log needs. */
export type KafkaRelease = keyof typeof releases

type Artefact = `${string}:${string}:${string}`

/** Maven coordinates (group:artefact:version) of each release; `kafka_2.13` brings the rest of the class path. */
export const releases = {
  '3.9': ['org.apache.kafka:kafka_2.13:3.9.1', 'org.slf4j:slf4j-reload4j:1.7.36'],
  '4.1': ['org.apache.kafka:kafka_2.13:4.1.1', 'org.apache.logging.log4j:log4j-slf4j-impl:2.24.3'],
} as const satisfies Record<string, readonly Artefact[]>

export function isKafkaRelease(name: string): name is KafkaRelease {
  return Object.hasOwn(releases, name)
}

/** The one that KAFKA_RELEASE names, so that every suite can be tried on another; else 3.9. */
export function usualRelease(name = process.env.KAFKA_RELEASE): KafkaRelease {
  if (!name) return '3.9'
  if (!isKafkaRelease(name)) throw new Error(`KAFKA_RELEASE names none of ${Object.keys(releases).join(', ')}`)
  return name
}

/** The smallest Maven project whose run-time class path is the release's. */
export function projectOf(release: KafkaRelease): string {
  const dependencies = releases[release].map((coordinates) => {
    const [group, artefact, version] = coordinates.split(':')
    return `<dependency><groupId>${group}</groupId><artifactId>${artefact}</artifactId><version>${version}</version></dependency>`
  })
  return `<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>
<groupId>hoptrace</groupId><artifactId>kafka-class-path</artifactId><version>1</version><packaging>pom</packaging>
<dependencies>
${dependencies.join('\n')}
</dependencies></project>
`
}
