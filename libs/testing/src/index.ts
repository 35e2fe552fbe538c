export { anHttpSession, HTTP_SECRET, HttpSessionBuilder } from './builders/http-session.ts'
export { aKubernetesSession, KUBERNETES_SECRET, KubernetesSessionBuilder } from './builders/kubernetes-session.ts'
export { aBody, aJsonBody, SessionBuilder, type SessionOptions } from './builders/session-builder.ts'
export { type EmbeddedClickHouseHttp, startEmbeddedClickHouseHttp } from './clickhouse-http/clickhouse-http.ts'
export { clickHouseHttpMissing } from './clickhouse-http/engine-library.ts'
export type { Fault, FaultScope, Faults } from './clickhouse-http/faults.ts'
export type { ClickHouseServerOptions, ClickHouseUser } from './clickhouse-http/server-config.ts'
export { freePort } from './free-port.ts'
export { type KafkaBroker, type KafkaOptions, startKafka } from './kafka/kafka-broker.ts'
export { kafkaMissing } from './kafka/missing.ts'
export type { KafkaRelease } from './kafka/releases.ts'
export { type Certificate, TestAuthority } from './kubernetes/certificates.ts'
export { type FakeKubernetes, type FakeKubernetesOptions, type SeenRequest, startFakeKubernetes } from './kubernetes/fake-kubernetes.ts'
export type { KubernetesFaults } from './kubernetes/faults.ts'
export { type Kubectl, kubectlMissing, kubectlsFound } from './kubernetes/kubectls.ts'
export {
  type KubeconfigOptions,
  kubectlEnvironment,
  type RanKubectl,
  type RunningKubectl,
  runKubectl,
  startKubectl,
  writeKubeconfig,
} from './kubernetes/run-kubectl.ts'
export { TestBrowser } from './oidc/browser.ts'
export { type OidcProviderOptions, type OidcServer, type OidcUser, startOidcProvider } from './oidc/oidc-provider.ts'
export { type PostgresOptions, type PostgresServer, startPostgres } from './postgres-server.ts'
export { type Sshd, sshdIsMissing, startSshd } from './ssh-server.ts'
export { openTerminal, type TerminalSize, type TestTerminal } from './terminal.ts'
