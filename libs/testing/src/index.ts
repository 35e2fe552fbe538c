export { freePort, type PostgresOptions, type PostgresServer, startPostgres } from './postgres-server.ts'
export { type Sshd, sshdIsMissing, startSshd } from './ssh-server.ts'
export { openTerminal, type TerminalSize, type TestTerminal } from './terminal.ts'
