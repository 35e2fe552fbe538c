import type { ChildProcess } from 'node:child_process'
import { chmodSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { freePort, run, startProcess } from './processes.ts'

/** PgBouncer in session pooling before the server; null where it is not installed. */
export async function startPgbouncer(server: {
  port: number
  user: string
  password: string
}): Promise<{ child: ChildProcess; port: number } | null> {
  const isInstalled = await run('pgbouncer', ['--version']).then(
    () => true,
    () => false,
  )
  if (!isInstalled) return null
  const port = await freePort()
  const dir = mkdtempSync(join(tmpdir(), 'hoptrace-bench-'))
  chmodSync(dir, 0o755)
  const users = join(dir, 'users.txt')
  writeFileSync(users, `"${server.user}" "${server.password}"\n`)
  const config = join(dir, 'pgbouncer.ini')
  writeFileSync(
    config,
    `[databases]\n* = host=127.0.0.1 port=${server.port}\n[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = ${port}\n` +
      `auth_type = plain\nauth_file = ${users}\npool_mode = session\ndefault_pool_size = 64\nunix_socket_dir =\nlogfile =\n`,
  )
  // It refuses to run as root.
  const [command, args]: [string, string[]] =
    userInfo().uid === 0
      ? ['su', ['nobody', '-s', '/bin/sh', '-c', `pgbouncer ${config} 2>&1`]]
      : ['sh', ['-c', `pgbouncer ${config} 2>&1`]]
  return { child: await startProcess(command, args, /process up/), port }
}
