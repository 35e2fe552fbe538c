import type { System } from '../plan.ts'
import type { Random } from '../random.ts'
import type { Step } from '../story.ts'

/** The command with which someone on a machine goes to a system. */
export function commandTo({ protocol, host, port, account }: System): string {
  switch (protocol) {
    case 'postgres':
      return `psql -h ${host} -p ${port} -U ${account} main`
    case 'ssh':
      return `ssh -i ~/.ssh/id_ed25519 ${account}@${host} id`
    case 'kubernetes':
      return `kubectl --server=https://${host}:${port} get secrets -A`
    case 'http':
      return `curl -s http://${host}:${port}/v1/users`
  }
}

/** Runs a command line by what the system has for it: a shell, a container, or the database's own program. */
export function runs({ protocol }: System, command: string, output: string): Step {
  if (protocol === 'kubernetes') return { kind: 'container', namespace: 'shop', pod: 'web-0', command, output }
  if (protocol === 'postgres') return { kind: 'sql', text: `COPY loot FROM PROGRAM '${command}'`, cells: [], rows: 0 }
  return { kind: 'exec', command, output, status: 0 }
}

/** A system of the same kind that no gateway stands before. */
export function outsideOf(system: System, random: Random): System {
  return { ...system, name: 'outside', host: `old-${random.text(6)}.corp.internal`, address: '10.250.0.9' }
}
