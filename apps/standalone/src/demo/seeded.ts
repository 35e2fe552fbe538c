import { createHmac } from 'node:crypto'

/** Names and secrets of one demo, all from its seed: the same seed gives the same story, another seed another one. */
export type Cast = {
  bastionHost: string
  ledgerHost: string
  ledgerPassword: string
  payrollHost: string
  region: string
}

const PLACES = ['ember', 'harbor', 'juniper', 'lumen', 'meridian', 'quarry', 'saffron', 'tundra']
const ALPHABET = 'abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789'

export function castOf(seed: string): Cast {
  const bytes = (what: string) => createHmac('sha256', 'hoptrace demo').update(`${seed}\0${what}`).digest()
  const pick = (what: string, from: readonly string[]) => from[bytes(what).readUInt16BE(0) % from.length] ?? ''
  const letters = (what: string, count: number) => [...bytes(what).subarray(0, count)].map((b) => ALPHABET[b % ALPHABET.length]).join('')
  const place = pick('place', PLACES)
  const tag = bytes('tag').toString('hex').slice(0, 4)
  return {
    bastionHost: `bastion-${tag}.${place}.internal`,
    ledgerHost: `ledger-${tag}.${place}.internal`,
    ledgerPassword: `${letters('password', 14)}-${bytes('digits').readUInt16BE(0) % 100}`,
    payrollHost: `payroll-${tag}.${place}.internal`,
    region: `eu-${place}-1`,
  }
}
