import type { Grant } from '@hoptrace/events'
import type { Listeners, StartedRun, TargetInfo } from '../contract/index.ts'

type ClientCommand = StartedRun['commands'][number]

/** What stands in a command line where the run's token goes. */
export const TOKEN_PLACEHOLDER = '<token>'

/** Where a target's own credential goes, when it is the caller who brings it. */
const TARGET_CREDENTIAL = "-H 'Authorization: <credential of the target>'"

/** Command lines of plain clients for what a run may reach. */
export function clientCommands(grants: readonly Grant[], targets: readonly TargetInfo[], listeners: Listeners): ClientCommand[] {
  return reachedTargets(grants, targets).flatMap((target) => {
    const command = commandOf(target, listeners)
    return command === null ? [] : [{ target: target.name, protocol: target.protocol, command }]
  })
}

/** Each target once, however many grants a run has for it. */
export function reachedTargets(grants: readonly Grant[], targets: readonly TargetInfo[]): TargetInfo[] {
  const found = grants.flatMap(({ target, protocol }) => targets.find((one) => one.name === target && one.protocol === protocol) ?? [])
  return [...new Set(found)]
}

function commandOf(target: TargetInfo, listeners: Listeners): string | null {
  const listen = listeners[target.protocol]
  if (!listen) return null
  const { host, port } = splitHostPort(listen)
  switch (target.protocol) {
    case 'postgres':
      return `PGPASSWORD='${TOKEN_PLACEHOLDER}' psql "host=${host} port=${port} user=${target.account} dbname=${target.name}"`
    case 'ssh':
      return `ssh -p ${port} -l '${target.account}:${target.name}' ${host}`
    case 'kubernetes':
      return `kubectl --kubeconfig kubeconfig --context ${target.name} get pods`
    case 'http': {
      const credential = target.asksCredential ? ` ${TARGET_CREDENTIAL}` : ''
      return `curl -H 'Hoptrace-Token: ${TOKEN_PLACEHOLDER}'${credential} ${httpAddress(target, listeners)}`
    }
  }
}

/** Where an HTTP target is reached at the gateway. */
export function httpAddress({ name }: Pick<TargetInfo, 'name'>, { http, isHttpEncrypted }: Listeners): string {
  return `http${isHttpEncrypted ? 's' : ''}://${http}/targets/${name}/`
}

function splitHostPort(listen: string): { host: string; port: string } {
  const colon = listen.lastIndexOf(':')
  return { host: listen.slice(0, colon).replace(/^\[|\]$/g, ''), port: listen.slice(colon + 1) }
}
