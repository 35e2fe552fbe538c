import 'reflect-metadata'
import { NestFactory } from '@nestjs/core'
import type { NestExpressApplication } from '@nestjs/platform-express'
import { RunLogDamagedError } from './access/run-log.ts'
import { SecretFileError } from './access/secret-file.ts'
import { ConfigError, loadConfig, splitHostPort } from './config.ts'
import { ProblemFilter } from './control/problem.ts'
import { gatewayModule } from './gateway.module.ts'
import { Gateway } from './gateway.ts'
import { DirectoryInUseError } from './spool/directory-lock.ts'

const SHUTDOWN_WITHIN_MS = 10_000
/** What a person can put right: their message says all. */
const EXPECTED = [ConfigError, DirectoryInUseError, RunLogDamagedError, SecretFileError]

async function boot(): Promise<void> {
  const config = loadConfig()
  const gateway = new Gateway(config)
  await gateway.start()
  const app = await NestFactory.create<NestExpressApplication>(gatewayModule(gateway), { logger: ['error', 'warn'] })
  app.useGlobalFilters(new ProblemFilter())
  const { host, port } = splitHostPort(config.gateway.control.listen)
  await app.listen(port, host)
  let isStopping = false
  const stop = () => {
    if (isStopping) return
    isStopping = true
    setTimeout(() => process.exit(1), SHUTDOWN_WITHIN_MS).unref()
    Promise.all([app.close(), gateway.close()]).then(() => process.exit(0), fail)
  }
  process.on('SIGTERM', stop)
  process.on('SIGINT', stop)
  // A supervisor that is gone restarts nobody; an orphan would keep the doors from its successor.
  process.on('disconnect', stop)
  console.log(JSON.stringify({ level: 'info', message: 'gateway ready', ...gateway.listeners, control: config.gateway.control.listen }))
}

function fail(error: unknown): void {
  const isExpected = (error instanceof Error && EXPECTED.some((known) => error instanceof known)) || isBusyAddress(error)
  const message = isExpected ? error.message : error instanceof Error ? error.stack : String(error)
  console.error(JSON.stringify({ level: 'fatal', message }))
  process.exit(1)
}

function isBusyAddress(error: unknown): error is Error {
  return error instanceof Error && 'code' in error && (error.code === 'EADDRINUSE' || error.code === 'EADDRNOTAVAIL')
}

boot().catch(fail)
