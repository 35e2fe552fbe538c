import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { sshdIsMissing, startPostgres, startSshd } from '@hoptrace/testing'
import { type GatewayProcess, startGateway } from './gateway-process.ts'
import { run, stopProcess } from './processes.ts'

const SQL_SESSIONS = 60
const SHELL_SESSIONS = 60

/** What someone reads who looks around in a database; `n` moves the place, so that sessions are alike but not the same. */
const statements = (n: number) => [
  'SELECT current_database(), current_user, version();',
  `SELECT name, setting, unit, short_desc FROM pg_settings ORDER BY name LIMIT 40 OFFSET ${(n * 7) % 300};`,
  `SELECT oid, proname, pronargs, prosrc FROM pg_proc ORDER BY oid LIMIT 50 OFFSET ${(n * 50) % 3000};`,
  `SELECT table_schema, table_name, column_name, data_type FROM information_schema.columns LIMIT 80 OFFSET ${(n * 31) % 1500};`,
  `SELECT relname, relkind, reltuples FROM pg_class WHERE oid % 40 = ${n % 40} ORDER BY relname;`,
  'SELECT pid, usename, application_name, client_addr, backend_start, state, query FROM pg_stat_activity;',
  `SELECT * FROM orders_${n};`,
  `EXPLAIN (VERBOSE, COSTS) SELECT c.relname, count(*) FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid WHERE a.attnum > ${n % 5} GROUP BY 1;`,
  `SELECT typname, typlen, typcategory, typinput FROM pg_type ORDER BY oid LIMIT 40 OFFSET ${(n * 13) % 500};`,
  `SELECT g AS id, md5(g::text || '${n}') AS token, now() + g * interval '1 minute' AS due FROM generate_series(1, 30) g;`,
  `SELECT description FROM pg_description ORDER BY objoid LIMIT 40 OFFSET ${(n * 40) % 4000};`,
]

const commands = (n: number) => [
  `uname -a; id; uptime; df -h; ls -la /usr/bin | sed -n '${1 + ((n * 11) % 400)},+60p'`,
  `ps aux --sort=pid | head -40; sed -n '${1 + ((n * 9) % 250)},+40p' /etc/services`,
  `find /usr/share/doc -maxdepth 1 | sort | sed -n '${1 + ((n * 17) % 300)},+80p'; cat /etc/os-release`,
  `for f in $(ls /etc/*.conf | head -${3 + (n % 4)}); do echo "== $f"; head -30 $f; done`,
]

/** Records work in PostgreSQL, and in a shell where sshd can be had, through a gateway. @returns its spool's directory */
export async function recordWork(): Promise<string> {
  const postgres = await startPostgres()
  const sshd = sshdIsMissing() ? null : await startSshd()
  const database = { address: `127.0.0.1:${postgres.port}`, account: postgres.user, database: postgres.database }
  const box = sshd && {
    name: 'box',
    protocol: 'ssh' as const,
    address: `127.0.0.1:${sshd.port}`,
    account: sshd.user,
    hostKeys: [sshd.hostKeyFingerprint],
    privateKey: { file: sshd.privateKeyFile },
  }
  const store = { name: 'store', protocol: 'postgres' as const, ...database, password: { env: 'BENCH_PASSWORD' } }
  const gateway = await startGateway([store, ...(box ? [box] : [])], { BENCH_PASSWORD: postgres.password })
  for (let n = 0; n < SQL_SESSIONS; n++) await askInPostgres(gateway, postgres.user, n)
  if (sshd) for (let n = 0; n < SHELL_SESSIONS; n++) await askInShell(gateway, sshd.user, n)
  await stopProcess(gateway.child)
  await sshd?.stop()
  await postgres.stop()
  return join(gateway.dataDir, 'spool')
}

async function askInPostgres({ dataDir, postgresPort, token }: GatewayProcess, user: string, n: number): Promise<void> {
  const script = join(dataDir, 'work.sql')
  writeFileSync(script, statements(n).join('\n'))
  const at = ['-h', '127.0.0.1', '-p', `${postgresPort}`, '-U', user, 'store']
  await run('psql', [...at, '-q', '-f', script], { env: { ...process.env, PGPASSWORD: token }, maxBuffer: 64 * 2 ** 20 })
}

async function askInShell({ sshPort, token }: GatewayProcess, user: string, n: number): Promise<void> {
  const options = ['-o', 'StrictHostKeyChecking=no', '-o', 'UserKnownHostsFile=/dev/null', '-o', 'LogLevel=ERROR']
  const askpass = { SSH_ASKPASS: join(import.meta.dirname, '../askpass.sh'), SSH_ASKPASS_REQUIRE: 'force', BENCH_TOKEN: token }
  const to = ['-p', `${sshPort}`, '-l', `${user}:box`, '127.0.0.1']
  await run('ssh', [...options, ...to, commands(n)[n % 4] ?? ''], { env: { ...process.env, ...askpass }, maxBuffer: 64 * 2 ** 20 })
}
