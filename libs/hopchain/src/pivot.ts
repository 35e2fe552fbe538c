import { type PivotRelation, type Protocol, printable } from '@hoptrace/events'
import { comparePlaces, compareText, type Place } from './place.ts'

/** A pivot as its `pivot.named` tells it; `stream` is the session in which it was named. */
export type Pivot = Place & {
  /** Milliseconds since the session began. */
  ms: number
  /** seq of the event that says so. */
  event: number
  /** JSON pointer (RFC 6901) into that event's body; empty when the whole event is meant. */
  at: string
  tool: string
  relation: PivotRelation
  host: string | null
  port: number | null
  account: string | null
  /** A database, a container, `namespace/pod`, a context's name. */
  object: string | null
}

const PROTOCOL_OF_TOOL: Readonly<Record<string, Protocol>> = {
  ssh: 'ssh',
  scp: 'ssh',
  sftp: 'ssh',
  rsync: 'ssh',
  'ssh-copy-id': 'ssh',
  sshfs: 'ssh',
  mosh: 'ssh',
  psql: 'postgres',
  pg_dump: 'postgres',
  pg_restore: 'postgres',
  pgbench: 'postgres',
  dblink: 'postgres',
  server: 'postgres',
  'user-mapping': 'postgres',
  subscription: 'postgres',
  kubectl: 'kubernetes',
  oc: 'kubernetes',
  helm: 'kubernetes',
  curl: 'http',
  wget: 'http',
}

/** What the program most likely speaks; null when that is anybody's guess. */
export function protocolOfTool(tool: string): Protocol | null {
  return Object.hasOwn(PROTOCOL_OF_TOOL, tool) ? (PROTOCOL_OF_TOOL[tool] ?? null) : null
}

/** `host`, `host:port`, or the pod; what there is to call it by. */
export function destinationOf({ host, port, object, tool }: Pick<Pivot, 'host' | 'port' | 'object' | 'tool'>): string {
  const name = printable(host ?? object ?? tool)
  if (host === null || port === null) return name
  return name.includes(':') ? `[${name}]:${port}` : `${name}:${port}`
}

/** In the order of places. Two contents under one seq: by what they say. */
export function comparePivots(a: Pivot, b: Pivot): number {
  return comparePlaces(a, b) || compareText(a.tool, b.tool) || compareText(destinationOf(a), destinationOf(b))
}
