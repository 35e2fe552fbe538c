import { createHmac } from 'node:crypto'

/** Names and secrets of one demo, all from its seed: the same seed gives the same story, another seed another one. */
export type Cast = {
  bastionHost: string
  ledgerHost: string
  ledgerPassword: string
  payrollHost: string
  clusterHost: string
  clusterToken: string
  namespace: string
  /** A pod of the cluster, under a name as controllers give them. */
  syncPod: string
  billingHost: string
  billingToken: string
  /** What the service knows the honest agent by. */
  reportingToken: string
  region: string
}

const PLACES = ['ember', 'harbor', 'juniper', 'lumen', 'meridian', 'quarry', 'saffron', 'tundra']
const NAMESPACES = ['checkout', 'fulfilment', 'invoicing', 'pricing', 'returns', 'storefront']
/** Of which controllers make names. */
const GENERATED = 'bcdfghjklmnpqrstvwxz2456789'
const ALPHABET = 'abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789'

export function castOf(seed: string): Cast {
  const bytes = (what: string) => createHmac('sha256', 'hoptrace demo').update(`${seed}\0${what}`).digest()
  const pick = (what: string, from: readonly string[]) => from[bytes(what).readUInt16BE(0) % from.length] ?? ''
  const letters = (what: string, count: number, of = ALPHABET) => [...bytes(what).subarray(0, count)].map((b) => of[b % of.length]).join('')
  const place = pick('place', PLACES)
  const tag = bytes('tag').toString('hex').slice(0, 4)
  return {
    bastionHost: `bastion-${tag}.${place}.internal`,
    ledgerHost: `ledger-${tag}.${place}.internal`,
    ledgerPassword: `${letters('password', 14)}-${bytes('digits').readUInt16BE(0) % 100}`,
    payrollHost: `payroll-${tag}.${place}.internal`,
    clusterHost: `api-${tag}.${place}.internal`,
    clusterToken: `${letters('cluster', 30)}-${bytes('digits').readUInt16BE(2) % 100}`,
    namespace: pick('namespace', NAMESPACES),
    syncPod: `billing-sync-${letters('hash', 10, GENERATED)}-${letters('pod', 5, GENERATED)}`,
    billingHost: `billing-${tag}.${place}.internal`,
    billingToken: `${letters('billing', 28)}-${bytes('digits').readUInt16BE(4) % 100}`,
    reportingToken: `${letters('reporting', 28)}-${bytes('digits').readUInt16BE(6) % 100}`,
    region: `eu-${place}-1`,
  }
}
