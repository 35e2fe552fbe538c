import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { httpAddress, kubeconfigOf, reachedTargets, type StartedRun, type TargetInfo } from '@hoptrace/api'
import type { SshKey } from './ssh-key.ts'

export type ClientFile = { name: string; content: string }
type Client = Pick<StartedRun, 'run' | 'token' | 'listeners'> & { targets: readonly TargetInfo[]; sshKey: SshKey; directory: string }

/** What plain psql, ssh, kubectl and curl need of a run, so that none prompts and no command line shows its token. */
export function clientFiles(client: Client): ClientFile[] {
  const { run, targets, listeners, sshKey, token } = client
  const files: ClientFile[] = []
  if (listeners.postgres !== null) files.push({ name: 'pgpass', content: pgpass(listeners.postgres, token) })
  if (listeners.ssh !== null) {
    files.push({ name: 'id_ed25519', content: sshKey.privateFile })
    files.push({ name: 'id_ed25519.pub', content: `${sshKey.publicLine}\n` })
    files.push({ name: 'ssh_config', content: sshConfig(client, listeners.ssh) })
    if (listeners.sshHostKey) files.push({ name: 'known_hosts', content: knownHosts(listeners.ssh, listeners.sshHostKey.knownHostsKey) })
  }
  const kubeconfig = kubeconfigOf(run.grants, targets, listeners, token)
  if (kubeconfig !== null) files.push({ name: 'kubeconfig', content: kubeconfig })
  if (listeners.http && run.grants.some(({ protocol }) => protocol === 'http')) {
    files.push({ name: 'curlrc', content: `header = "Hoptrace-Token: ${token}"\n` })
  }
  return files
}

/** Command lines that use these files. */
export function fileCommands({ run, listeners, targets, directory }: Omit<Client, 'sshKey' | 'token'>): string[] {
  const file = (name: string) => shellWord(join(directory, name))
  return reachedTargets(run.grants, targets).flatMap((target) => fileCommand(target, listeners, file) ?? [])
}

function fileCommand(target: TargetInfo, listeners: StartedRun['listeners'], file: (name: string) => string): string | null {
  const { name, account, protocol } = target
  const listen = listeners[protocol]
  if (!listen) return null
  switch (protocol) {
    case 'ssh':
      return `ssh -F ${file('ssh_config')} ${name}`
    case 'postgres': {
      const { host, port } = splitHostPort(listen)
      return `PGPASSFILE=${file('pgpass')} psql "host=${host} port=${port} user=${account} dbname=${name}"`
    }
    case 'kubernetes':
      return `kubectl --kubeconfig ${file('kubeconfig')} --context ${name} get pods`
    case 'http':
      return `curl -K ${file('curlrc')} ${httpAddress(target, listeners)}`
  }
}

/** Writes files that their owner alone can read. */
export function writePrivately(directory: string, files: readonly ClientFile[]): void {
  mkdirSync(directory, { recursive: true, mode: 0o700 })
  for (const { name, content } of files) {
    const path = join(directory, name)
    writeFileSync(path, content, { mode: 0o600 })
    // The mode counts at creation only: a file that was there keeps its own.
    chmodSync(path, 0o600)
  }
}

function pgpass(listen: string, token: string): string {
  const { host, port } = splitHostPort(listen)
  return `${[host, port, '*', '*', token].map((part) => (part === '*' ? part : part.replaceAll(/[\\:]/g, '\\$&'))).join(':')}\n`
}

/** The gateway's own key, pinned: `[host]:port` as OpenSSH names a port that is not 22. */
function knownHosts(listen: string, key: string): string {
  const { host, port } = splitHostPort(listen)
  return `${port === '22' ? host : `[${host}]:${port}`} ${key}\n`
}

function sshConfig({ run, targets, directory, listeners }: Client, listen: string): string {
  const { host, port } = splitHostPort(listen)
  const hosts = run.grants.filter((grant) => grant.protocol === 'ssh')
  return hosts
    .map(({ target }) => {
      const account = targets.find((candidate) => candidate.name === target && candidate.protocol === 'ssh')?.account ?? 'run'
      const settings = [
        ['HostName', host],
        ['Port', port],
        ['User', `${account}:${target}`],
        ['IdentityFile', `"${join(directory, 'id_ed25519')}"`],
        ['IdentitiesOnly', 'yes'],
        ['PreferredAuthentications', 'publickey'],
        ['UserKnownHostsFile', `"${join(directory, 'known_hosts')}"`],
        ['StrictHostKeyChecking', listeners.sshHostKey ? 'yes' : 'accept-new'],
      ]
      return `Host ${target}\n${settings.map(([name, value]) => `  ${name} ${value}\n`).join('')}`
    })
    .join('\n')
}

function splitHostPort(listen: string): { host: string; port: string } {
  const colon = listen.lastIndexOf(':')
  return { host: listen.slice(0, colon).replace(/^\[|\]$/g, ''), port: listen.slice(colon + 1) }
}

/** A word as a shell takes it. */
function shellWord(text: string): string {
  return /^[A-Za-z0-9_./:@%+=-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`
}
