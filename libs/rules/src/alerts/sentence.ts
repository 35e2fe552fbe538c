import { type ObservableKind, printable } from '@hoptrace/events'
import type { AccessFacts, Act } from '../facts/facts.ts'
import { valuesAt } from '../record.ts'
import type { Evasion } from '../records/evasion.ts'
import type { Link } from '../records/order.ts'

/** UTF-16 units of a name or a value that a sentence keeps. */
const MAX_NAME = 96

const KINDS: Record<ObservableKind, string> = {
  host: 'the host',
  address: 'the address',
  credential: 'a credential',
  key: 'a key',
  url: 'the URL',
  arn: 'the resource',
  pod: 'the pod',
  trace: 'the trace id',
}

const DEEDS: Partial<Record<Act, string>> = {
  'privileged-pod': 'asked for a privileged pod',
  'host-path': "mounted the node's files",
  'rbac-write': 'changed roles',
  'secret-read': 'read secrets',
  'token-request': 'asked for a token',
  exec: 'ran a program in a container',
  tunnel: 'opened a tunnel',
  'outbound-sql': 'made the database reach out',
  'metadata-service': 'asked the metadata service',
  'service-account-token': "read a pod's token",
  upload: 'uploaded files',
  download: 'downloaded files',
  write: 'made changes',
}

/** Who, on behalf of whom, with what value, from where to where, and how it ended. It says what was seen, never why. */
export function hopSentence(link: Link, evasion: Evasion | undefined): string {
  const { to } = link
  const after = evasion ? `, which had been refused to ${evasion.isByOther ? nameOf(evasion.refused.principal) : 'it'} before` : ''
  return `${whoOf(to)} ${wayOf(link)}${after}: ${outcomeOf(to)}${deedsOf(to)}`
}

function wayOf({ hop, from, to }: Link): string {
  const { observable } = hop
  const [there, here] = [placeOf(from), placeOf(to)]
  if (observable && hop.class !== 'trace-id') {
    const value = observable.value === null ? `(${observable.digest.slice(0, 8)})` : cut(observable.value)
    return `used ${KINDS[observable.kind]} ${value} seen in ${there} at ${here}`
  }
  if (hop.class === 'origin') return `came from ${there} to ${here}`
  if (hop.class === 'delegation') return `went to ${here} in a run started from ${there}`
  if (hop.class === 'pivot-command') return `went to ${here} as a command in ${there} says`
  return `went to ${here} after ${there}`
}

export function whoOf({ principal, rootPrincipal }: Pick<AccessFacts, 'principal' | 'rootPrincipal'>): string {
  if (principal !== null && principal === rootPrincipal) return nameOf(principal)
  return `${nameOf(principal)} on behalf of ${rootPrincipal === null ? 'an unknown principal' : nameOf(rootPrincipal)}`
}

export function placeOf({ protocol, target, account }: Pick<AccessFacts, 'protocol' | 'target' | 'account'>): string {
  const place = [protocol, cut(target)].filter(Boolean).join(' ') || 'an unknown target'
  return account ? `${place} as ${cut(account)}` : place
}

function nameOf(principal: string | null): string {
  return principal === null ? 'an unknown caller' : cut(principal)
}

function outcomeOf({ kind, denyReason, protocol }: AccessFacts): string {
  if (kind === 'refused') return denyReason === null ? 'refused' : `refused (${denyReason})`
  if (kind === 'unseen') return 'not seen at the gateway'
  return kind === 'use' && protocol !== 'http' && protocol !== 'kubernetes' ? 'named in a command' : 'accepted'
}

function deedsOf({ acts }: AccessFacts): string {
  const deeds = acts.map((act) => DEEDS[act]).filter((deed) => deed !== undefined)
  return deeds.length === 0 ? '' : `; there it ${deeds.slice(0, 3).join(', ')}`
}

/** The same of an event by its record. */
export function eventSentence(fields: Readonly<Record<string, unknown>>, title: string): string {
  const text = (path: string) => {
    const [value] = valuesAt(fields, path)
    return typeof value === 'string' && value !== '' ? value : null
  }
  const who = whoOf({ principal: text('principal'), rootPrincipal: text('rootPrincipal') })
  const place = cut([text('target.protocol'), text('target.name')].filter(Boolean).join(' ')) || 'the gateway'
  const type = text('type')
  if (type === 'recording.conflict')
    return `Two different events stand in one place of a session at ${place}: one of them is not what happened`
  if (type === 'recording.gap')
    return `The recording at ${place} has a gap (${cut(text('body.reason') ?? 'unknown')}): ${cut(text('body.message') ?? '')}`
  if (type === 'access.decided') return `${who} asked for ${place}: ${text('body.decision') ?? 'decided'}${reasonIn(text('body.reason'))}`
  if (type === null)
    return `${title}: ${cut(text('verb') ?? '')} ${cut(text('requestURI') ?? '')} at ${cut(text('hoptrace.target') ?? 'a cluster')}`
  return `${title}: ${who} at ${place}`
}

function reasonIn(reason: string | null): string {
  return reason === null ? '' : ` (${reason})`
}

function cut(text: string): string {
  const safe = printable(text).replaceAll(/[\t\n]/g, ' ')
  return safe.length > MAX_NAME ? `${safe.slice(0, MAX_NAME).toWellFormed()}…` : safe
}
