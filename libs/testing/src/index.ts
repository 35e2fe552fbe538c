export { freePort, type PostgresOptions, type PostgresServer, startPostgres } from './postgres-server.ts'
