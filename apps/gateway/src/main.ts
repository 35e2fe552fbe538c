import 'reflect-metadata'
import { FrameworkLog, standardLog, stopOnSignals, TelemetrySettingError } from '@hoptrace/telemetry'
import { NestFactory } from '@nestjs/core'
import type { NestExpressApplication } from '@nestjs/platform-express'
import { RunLogDamagedError } from './access/run-log.ts'
import { SecretFileError } from './access/secret-file.ts'
import { TargetSecretError } from './access/target-secret.ts'
import { ConfigError, loadConfig, loadTelemetry, splitHostPort } from './config.ts'
import { ProblemFilter } from './control/problem.ts'
import { gatewayModule } from './gateway.module.ts'
import { Gateway } from './gateway.ts'
import { GatewayOps } from './ops/gateway-ops.ts'
import { KafkaSectionError } from './relay/kafka-section.ts'
import { DirectoryInUseError } from './spool/directory-lock.ts'
import { OwnAuthorityError } from './tls/own-certificate.ts'

const SHUTDOWN_WITHIN_MS = 10_000
const log = standardLog('gateway')
/** What a person can put right: their message says all. */
const EXPECTED = [
  ConfigError,
  DirectoryInUseError,
  RunLogDamagedError,
  SecretFileError,
  KafkaSectionError,
  OwnAuthorityError,
  TargetSecretError,
  TelemetrySettingError,
]

async function boot(): Promise<void> {
  const config = loadConfig()
  const ops = new GatewayOps(loadTelemetry())
  const gateway = new Gateway(config, ops.observer)
  await gateway.start()
  const app = await NestFactory.create<NestExpressApplication>(gatewayModule(gateway), { logger: new FrameworkLog(log) })
  app.useGlobalFilters(new ProblemFilter())
  const { host, port } = splitHostPort(config.gateway.control.listen)
  await app.listen(port, host)
  await ops.serve(gateway)
  const stop = async () => {
    ops.drain()
    await Promise.all([app.close(), gateway.close()])
    await ops.close()
  }
  // Also when the supervisor is gone: it restarts nobody, and an orphan would keep the doors from its successor.
  stopOnSignals({ log, stop, withinMs: SHUTDOWN_WITHIN_MS })
  const said = { time: new Date().toISOString(), level: 'info', process: 'gateway', message: 'gateway ready' }
  const { postgres, ssh, http, kubernetes } = gateway.listeners
  console.log(JSON.stringify({ ...said, postgres, ssh, http, kubernetes, control: config.gateway.control.listen }))
}

function fail(error: unknown): void {
  const isExpected = (error instanceof Error && EXPECTED.some((known) => error instanceof known)) || isBusyAddress(error)
  const message = isExpected ? error.message : error instanceof Error ? error.stack : String(error)
  console.error(JSON.stringify({ time: new Date().toISOString(), level: 'fatal', process: 'gateway', message }))
  process.exit(1)
}

function isBusyAddress(error: unknown): error is Error {
  return error instanceof Error && 'code' in error && (error.code === 'EADDRINUSE' || error.code === 'EADDRNOTAVAIL')
}

boot().catch(fail)
