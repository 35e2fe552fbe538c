import type { StartRunRequest } from '@hoptrace/api'
import { Protocol } from '@hoptrace/events'
import { InvalidArgumentError } from 'commander'

type GrantArgument = StartRunRequest['grants'][number]

/** `orders:postgres` or `bastion:ssh+forward`; gathers one grant after the other. */
export function grantArgument(text: string, before: GrantArgument[] = []): GrantArgument[] {
  const match = /^([^:]+):([a-z]+)(\+forward)?$/.exec(text)
  const protocol = Protocol.safeParse(match?.[2])
  if (!match?.[1] || !protocol.success) throw new InvalidArgumentError('write target:protocol, or target:ssh+forward')
  return [...before, { target: match[1], protocol: protocol.data, ...(match[3] ? { forward: true } : {}) }]
}

/** `agent@2.1`. */
export function agentArgument(text: string): { template: string; version: string } {
  const match = /^([^@]+)@(.+)$/.exec(text)
  if (!match?.[1] || !match[2]) throw new InvalidArgumentError('write template@version')
  return { template: match[1], version: match[2] }
}

const SECONDS = { s: 1, m: 60, h: 3600, d: 86_400 } as const

/** `90s`, `30m`, `8h` or `2d`, in seconds. */
export function durationArgument(text: string): number {
  const match = /^(\d{1,6})([smhd])$/.exec(text)
  if (!match) throw new InvalidArgumentError('write 90s, 30m, 8h or 2d')
  return Number(match[1]) * SECONDS[match[2] as keyof typeof SECONDS]
}
