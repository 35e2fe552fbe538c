import type { Protocol } from '@hoptrace/events'
import type { Level, Response } from '../document/rule-document.ts'
import type { Moment } from '../facts/facts.ts'

/** What one rule found, as a part of an alert. */
export type AlertFinding = {
  /** `revision`: first 12 hex digits of SHA-256 over the rule's document in canonical JSON. */
  rule: { id: string; title: string; revision: string; tags: readonly string[] }
  severity: Level
  response: Response
  /** `hop:ID`, `chain:ID` or `event:SESSION/SEQ`: what the rule rests on first. */
  anchor: string
  /** The moment that proves it. */
  at: Moment
  /** The access that it is about; null for an event outside of any chain. */
  access: string | null
  /** Everything that it rests on. */
  refs: readonly string[]
  /** Who, on behalf of whom, with what, from where to where, and how it ended. */
  sentence: string
}

/** Something that a responder changes elsewhere: a secret that was seen, and used or not. */
export type CredentialToRotate = {
  kind: 'credential' | 'key'
  digest: string
  /** Where it was seen, and where it was used. */
  seenAt: Moment
  usedAt: Moment | null
  /** Target and account that it opened, or was tried at. */
  target: string
  account: string | null
  wasAccepted: boolean
}

/** What the accesses of an alert reached. */
export type Reach = {
  targets: readonly { target: string; protocol: Protocol | null; account: string | null; isRefused: boolean }[]
  writes: number
  rows: number
  bytes: number
}

/**
 * What a person is told. Findings of one chain within a minute of each other are one alert.
 * Its id is H(rule, anchor) of the earliest finding, so that the same recordings give the same alert.
 */
export type Alert = {
  id: string
  /** Null for one about an event that is in no chain. */
  chain: string | null
  /** The highest of its findings'. */
  severity: Level
  /** The most urgent of its findings'; `log` while a maintenance window or an approved path explains it. */
  response: Response
  /** The sentence of its most severe finding. */
  sentence: string
  /** Earliest first: the first 200, and the one that tells most. */
  findings: readonly AlertFinding[]
  principal: string | null
  rootPrincipal: string | null
  /** Runs of the accesses it is about, to look at and to revoke; the first is the one that acted. */
  runs: readonly string[]
  targets: readonly string[]
  protocols: readonly Protocol[]
  firstUs: number
  lastUs: number
  reach: Reach
  rotate: readonly CredentialToRotate[]
  /** Thousandths of log-odds, and the hop that it is of; null where there is no hop. */
  weakest: { hop: string; score: number } | null
  /** `day:20777`; empty where none was asked. */
  baseline: string
}
