/** How clients reach the broker. Without `tls` and `sasl`, in the clear and without a name. */
export type KafkaListener = {
  host: string
  port: number
  /** Of the broker's own traffic, in the clear whatever clients must do. */
  controllerPort: number
  internalPort: number
  /** A PEM file of a private key (PKCS #8) followed by its certificate chain; with `ca`, clients must present a certificate of it. */
  tls?: { keyStore: string; ca?: string }
  sasl?: KafkaLogin
}

export type KafkaLogin = { mechanism: SaslMechanism; username: string; password: string }
export type SaslMechanism = 'PLAIN' | 'SCRAM-SHA-256' | 'SCRAM-SHA-512'

/** The settings of a broker that is its own controller (KRaft) and keeps one copy of everything. */
export function serverProperties(listener: KafkaListener, dataDirectory: string): Record<string, string> {
  const { host, port, controllerPort, internalPort } = listener
  return {
    'process.roles': 'broker,controller',
    'node.id': '1',
    'controller.quorum.voters': `1@${host}:${controllerPort}`,
    listeners: `CLIENT://${host}:${port},INTERNAL://${host}:${internalPort},CONTROLLER://${host}:${controllerPort}`,
    'advertised.listeners': `CLIENT://${host}:${port},INTERNAL://${host}:${internalPort}`,
    'listener.security.protocol.map': `CLIENT:${protocolOf(listener)},INTERNAL:PLAINTEXT,CONTROLLER:PLAINTEXT`,
    'controller.listener.names': 'CONTROLLER',
    'inter.broker.listener.name': 'INTERNAL',
    'log.dirs': dataDirectory,
    ...forOneBroker,
    ...tlsProperties(listener),
    ...saslProperties(listener),
  }
}

const forOneBroker = {
  'offsets.topic.replication.factor': '1',
  'offsets.topic.num.partitions': '4',
  'transaction.state.log.replication.factor': '1',
  'transaction.state.log.min.isr': '1',
  'transaction.state.log.num.partitions': '4',
  // After a kill the broker may register again only once its former session is over.
  'broker.session.timeout.ms': '2000',
  'broker.heartbeat.interval.ms': '500',
  // Otherwise the first member of a group waits three seconds for others.
  'group.initial.rebalance.delay.ms': '0',
  // A topic that nobody declared is a mistake to be seen.
  'auto.create.topics.enable': 'false',
  'num.network.threads': '2',
  'num.io.threads': '4',
}

function protocolOf({ tls, sasl }: KafkaListener): string {
  if (sasl) return tls ? 'SASL_SSL' : 'SASL_PLAINTEXT'
  return tls ? 'SSL' : 'PLAINTEXT'
}

function tlsProperties({ tls }: KafkaListener): Record<string, string> {
  if (!tls) return {}
  const own = { 'ssl.keystore.type': 'PEM', 'ssl.keystore.location': tls.keyStore }
  if (!tls.ca) return own
  return { ...own, 'ssl.client.auth': 'required', 'ssl.truststore.type': 'PEM', 'ssl.truststore.location': tls.ca }
}

function saslProperties({ sasl }: KafkaListener): Record<string, string> {
  if (!sasl) return {}
  const { mechanism, username, password } = sasl
  // SCRAM's accounts stand in the formatted storage, PLAIN's in this line.
  const module =
    mechanism === 'PLAIN' ? `plain.PlainLoginModule required user_${username}="${password}"` : 'scram.ScramLoginModule required'
  return {
    'sasl.enabled.mechanisms': mechanism,
    [`listener.name.client.${mechanism.toLowerCase()}.sasl.jaas.config`]: `org.apache.kafka.common.security.${module};`,
  }
}

/** The text of a Java properties file. */
export function propertiesText(properties: Record<string, string>): string {
  const lines = Object.entries(properties).map(([name, value]) => `${name}=${value.replaceAll('\\', '\\\\')}`)
  return `${lines.join('\n')}\n`
}
