import type { StartRunRequest } from '@hoptrace/api'
import { readGrant } from '@hoptrace/events'
import { InvalidArgumentError } from 'commander'

type GrantArgument = StartRunRequest['grants'][number]

/** `orders:postgres`, or `prod:kubernetes,namespaces=shop`; gathers one grant after the other. */
export function grantArgument(text: string, before: GrantArgument[] = []): GrantArgument[] {
  const read = readGrant(text)
  if (read.kind === 'invalid') throw new InvalidArgumentError(read.problem)
  return [...before, read.grant]
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
