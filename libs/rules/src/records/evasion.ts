import { uuidv7Millis } from '@hoptrace/events'
import type { AccessFacts, ChainFacts } from '../facts/facts.ts'
import type { AlertPolicy } from '../policy/alert-policy.ts'
import { isForbidden } from './boundaries.ts'
import { accessesInOrder, compareMoments } from './order.ts'

/** An access that reached what had been refused before, and the refusal. */
export type Evasion = { refused: AccessFacts; isByOther: boolean }

/** Ways that are kept of one destination: of each its newest refusal, and the ways that were tried last. */
const MAX_REFUSALS = 64

/**
 * Which accesses of a chain reached, by another run, account, protocol or name, what had been refused in it before.
 * By id of the access. No evasion is
 * - the same run that reaches by the same route what it was refused: what it may had changed
 * - the same run that names the account it should have named at first
 * - a run under a root run that was started after the refusal: somebody granted it
 * - a refusal for other reasons than what is granted
 */
export function evasionsOf(chain: ChainFacts, aliases: AlertPolicy['aliases'] = {}): Map<string, Evasion> {
  const accesses = accessesInOrder(chain)
  const places = new Places(aliases)
  const refusals = new Map<string, AccessFacts[]>()
  const found = new Map<string, Evasion>()
  for (const access of accesses) {
    if (access.kind === 'refused') for (const name of places.refused(access)) keep(refusals, name, access)
    if (!isReached(access)) continue
    const names = places.reached(access)
    const refused = names.flatMap((name) => refusals.get(name) ?? []).filter((each) => isAround(access, each))
    const [first] = refused.sort((a, b) => compareMoments(a.at, b.at))
    if (first) found.set(access.id, { refused: first, isByOther: refused.every(({ principal }) => principal !== access.principal) })
  }
  return found
}

function keep(refusals: Map<string, AccessFacts[]>, name: string, access: AccessFacts): void {
  // Nobody who has no secret from elsewhere is around anything: a token that nobody knows is a slip of the hand.
  if (!isForbidden(access.denyReason) || (access.denyReason === 'unknown-token' && access.depth === 0)) return
  // Whoever knocks a hundred times on one door shall not hide that they were refused at another.
  const others = (refusals.get(name) ?? []).filter((each) => !isSameTry(each, access))
  refusals.set(name, [...others, access].slice(-MAX_REFUSALS))
}

function isSameTry(a: AccessFacts, b: AccessFacts): boolean {
  const isSameWay = a.protocol === b.protocol && a.target === b.target && (a.account === b.account || a.denyReason === 'wrong-account')
  return isSameWay && a.run === b.run && a.principal === b.principal && a.denyReason === b.denyReason
}

// A command in an open connection reached nothing anew. Each request over HTTP is let through for itself.
function isReached({ kind, protocol }: AccessFacts): boolean {
  return kind === 'session' || (kind === 'use' && (protocol === 'http' || protocol === 'kubernetes'))
}

function isAround(access: AccessFacts, refused: AccessFacts): boolean {
  const isOwnRun = access.run !== null && access.run === refused.run
  const isSameWay = access.protocol === refused.protocol && access.target === refused.target
  const isSameAccount = refused.account === null || access.account === refused.account
  if (isOwnRun && isSameWay && (isSameAccount || refused.denyReason === 'wrong-account')) return false
  return !isGrantedSince(access, refused.at.tsUs)
}

const VERSION_7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7/

/** Only a person starts a root run, and its id carries when. */
function isGrantedSince({ run, lineage }: AccessFacts, sinceUs: number): boolean {
  const root = lineage[0] ?? run
  return root !== null && VERSION_7.test(root) && (uuidv7Millis(root) + 1) * 1000 > sinceUs
}

/** Names of a destination, as far as they were known by then. */
class Places {
  private readonly addressOf = new Map<string, string>()
  private readonly mainName: ReadonlyMap<string, string>

  constructor(aliases: AlertPolicy['aliases']) {
    const pairs = Object.entries(aliases).flatMap(([name, others]) =>
      others.map((other) => [other.toLowerCase(), name.toLowerCase()] as const),
    )
    this.mainName = new Map(pairs)
  }

  /** By which it was reached: its target's name, its address, and the host there, which somebody may have asked for as such. */
  reached({ target, address }: AccessFacts): string[] {
    if (address === null) return this.main([target])
    this.addressOf.set(target.toLowerCase(), address)
    return this.main([target, address, address.replace(/:\d{1,5}$/, '')])
  }

  /** By which it was refused: what was asked for, and the address that this is known to have. One host has many services. */
  refused({ target }: AccessFacts): string[] {
    return this.main([target, this.addressOf.get(target.toLowerCase()) ?? ''])
  }

  private main(names: readonly string[]): string[] {
    const known = names.map((each) => each.toLowerCase()).filter((each) => each !== '')
    return [...new Set(known.map((each) => this.mainName.get(each) ?? each))]
  }
}
