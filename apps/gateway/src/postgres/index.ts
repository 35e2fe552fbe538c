export { checkPostgresTarget, type TargetCheck } from './check-target.ts'
export { PostgresProxy, type PostgresProxyOptions } from './postgres-proxy.ts'
