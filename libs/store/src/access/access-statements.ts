import { API_LIMITS, rightsOf, STORE_PROCESSES, type StoreProcess } from './process-rights.ts'

type Place = { database: string; cluster: string | null }

/** The role that a process's user is given. */
export function roleOf(process: StoreProcess): string {
  return `hoptrace_${process}`
}

/** Roles with least rights, one a process, and the limits of the api. Users are made with these as their default role. */
export function accessStatements({ database, cluster }: Place): string[] {
  const on = cluster === null ? '' : ` ON CLUSTER '${cluster}'`
  const roles = STORE_PROCESSES.flatMap((process) => [
    `CREATE ROLE IF NOT EXISTS ${roleOf(process)}${on}`,
    ...rightsOf(process, database, cluster !== null).map((right) => `GRANT${on} ${right} TO ${roleOf(process)}`),
  ])
  const limits = Object.entries(API_LIMITS).map(([name, limit]) => `${name} = ${limit} MAX ${limit}`)
  return [
    ...roles,
    `CREATE SETTINGS PROFILE IF NOT EXISTS hoptrace_api_limits${on} SETTINGS ${limits.join(', ')}, allow_ddl = 0 READONLY TO ${roleOf('api')}`,
  ]
}

/** The same as a file to run once, as an administrator. */
export function accessFile(place: Place): string {
  const user = (process: StoreProcess) =>
    `--   CREATE USER ${roleOf(process)}${place.cluster === null ? '' : ` ON CLUSTER '${place.cluster}'`} IDENTIFIED BY '…' DEFAULT ROLE ${roleOf(process)};`
  return [
    '-- Roles with least rights, one a process. Run it as an administrator, before anything is migrated, in place of the names',
    `-- ${place.database}${place.cluster === null ? '' : ` and ${place.cluster}`} with your own; then make each process its user, each with a password of its own:`,
    ...STORE_PROCESSES.map(user),
    '-- The gateway has none: it never speaks to the store.',
    '',
    ...accessStatements(place).map((statement) => `${statement};`),
    '',
  ].join('\n')
}
