import type { Grant } from '@hoptrace/events'
import type { Listeners, StartedRun, TargetInfo } from '../contract/index.ts'

type ClientCommand = StartedRun['commands'][number]

/** What stands in a command line where the run's token goes. */
export const TOKEN_PLACEHOLDER = '<token>'

/** Command lines of plain clients for what a run may reach. */
export function clientCommands(grants: readonly Grant[], targets: readonly TargetInfo[], listeners: Listeners): ClientCommand[] {
  return grants.flatMap(({ target: name, protocol }) => {
    const target = targets.find((candidate) => candidate.name === name && candidate.protocol === protocol)
    const listen = protocol === 'postgres' ? listeners.postgres : protocol === 'ssh' ? listeners.ssh : null
    if (!target || listen === null) return []
    const { host, port } = splitHostPort(listen)
    const command =
      protocol === 'postgres'
        ? `PGPASSWORD='${TOKEN_PLACEHOLDER}' psql "host=${host} port=${port} user=${target.account} dbname=${name}"`
        : `ssh -p ${port} -l '${target.account}:${name}' ${host}`
    return [{ target: name, protocol, command }]
  })
}

function splitHostPort(listen: string): { host: string; port: string } {
  const colon = listen.lastIndexOf(':')
  return { host: listen.slice(0, colon).replace(/^\[|\]$/g, ''), port: listen.slice(colon + 1) }
}
