import type { Health } from '@hoptrace/api'
import { formatDuration } from '../../format/duration.ts'
import { formatBytes, plural } from '../../format/quantity.ts'

type Recording = NonNullable<Health['recording']>
type Gateway = Recording['gateways'][number]

/** What is wrong, and what a person does about it. */
export type Remedy = { key: string; tone: 'bad' | 'warn'; finding: string; todo: string; command?: string }

/** Between two heartbeats what is stored is behind by as much as 10 s; more than this is a lag. */
export const INGEST_LAG_MS = 30_000
/** The analysis waits for every gateway's watermark before it goes on. */
export const ANALYSIS_LAG_MS = 60_000

/** What needs somebody, worst first; empty when all is well. */
export function remediesOf({ store, recording }: Pick<Health, 'store' | 'recording'>): Remedy[] {
  if (!store.reachable || recording === null) return [storeAway(store.fault)]
  const found = [...recording.gateways.flatMap(ofGateway), ...ofFlow(recording), ...ofEvidence(recording)]
  if (recording.state === 'never') found.unshift(NEVER)
  return found.toSorted((a, b) => Number(b.tone === 'bad') - Number(a.tone === 'bad'))
}

const NEVER: Remedy = {
  key: 'never',
  tone: 'warn',
  finding: 'No gateway was ever heard',
  todo: 'Start one, and see that its events reach this platform: its spool must drain to the bus that ingest reads.',
  command: 'hoptrace serve',
}

function storeAway(fault: string | null): Remedy {
  return {
    key: 'store',
    tone: 'bad',
    finding: `The store cannot be read${fault === null ? '' : ` (${fault})`}`,
    todo: 'Recording goes on: gateways keep events in their spools, and what is on the bus waits. See that ClickHouse runs and can be reached before the spools are full.',
  }
}

function ofGateway(gateway: Gateway): Remedy[] {
  const { gatewayId, spool, isSilent, ageMs, openSessions, bootId } = gateway
  const remedies: Remedy[] = []
  if (isSilent) {
    remedies.push({
      key: `silent ${bootId}`,
      tone: 'bad',
      finding: `Gateway ${gatewayId} has been silent for ${formatDuration(ageMs * 1000)}`,
      todo: `What passes there now may not arrive${openSessions > 0 ? `; it had ${plural(openSessions, 'open session')}` : ''}. See that the process runs and that it reaches the bus; its spool keeps what was recorded.`,
    })
  }
  if (spool?.level === 'full') {
    remedies.push({
      key: `full ${bootId}`,
      tone: 'bad',
      finding: `The spool of gateway ${gatewayId} is full: new sessions are refused`,
      todo: `${formatBytes(spool.bytes)} wait to be taken. See that ingest runs and keeps up; sessions are let in again as the spool drains.`,
    })
  }
  if (spool?.level === 'filling') {
    remedies.push({
      key: `filling ${bootId}`,
      tone: 'warn',
      finding: `The spool of gateway ${gatewayId} fills: ${formatBytes(spool.bytes)} of ${formatBytes(spool.maxBytes)}`,
      todo: 'Ingest does not take what is recorded as fast as it comes. See that it runs, and that the bus and the store answer.',
    })
  }
  return remedies
}

function ofFlow({ gateways, ingestLagMs, analysisLagMs }: Recording): Remedy[] {
  const remedies: Remedy[] = []
  // Where nobody is heard, nothing comes that could be stored.
  const isHeard = gateways.some(({ isSilent }) => !isSilent)
  if (isHeard && ingestLagMs !== null && ingestLagMs > INGEST_LAG_MS) {
    remedies.push({
      key: 'ingest',
      tone: 'warn',
      finding: `What is stored is ${formatDuration(ingestLagMs * 1000)} behind`,
      todo: 'See that ingest runs. Several of them share the work, as many as the topic has partitions.',
    })
  }
  if (analysisLagMs !== null && analysisLagMs > ANALYSIS_LAG_MS) {
    remedies.push({
      key: 'analysis',
      tone: 'warn',
      finding: `The analysis is ${formatDuration(analysisLagMs * 1000)} behind what is stored`,
      todo: 'Hops of that time are not linked yet. See that the correlator runs; a silent gateway holds it back until it times out.',
    })
  }
  return remedies
}

function ofEvidence({ gaps, deadLetters, conflicts }: Recording): Remedy[] {
  const remedies: Remedy[] = []
  if (conflicts.count > 0) {
    remedies.push({
      key: 'conflicts',
      tone: 'bad',
      finding: `${plural(conflicts.count, 'session')} with two different events under one seq`,
      todo: 'Both are kept, and neither is proved: somebody forged one, or a gateway ran from a copy of its data. Compare them by the proofs below, and keep the sessions from expiring with a hold.',
      command: 'hoptrace verify',
    })
  }
  if (gaps > 0) {
    remedies.push({
      key: 'gaps',
      tone: 'warn',
      finding: `${plural(gaps, 'recording gap')} in the last 24 h`,
      todo: 'Each says its reason in its session. A crash or a full disk leaves one; what it lacks cannot be had back.',
      command: 'hoptrace verify',
    })
  }
  if (deadLetters > 0) {
    remedies.push({
      key: 'dead letters',
      tone: 'warn',
      finding: `${plural(deadLetters, 'message')} could not be understood`,
      todo: 'They are kept whole, below. Replay them when what was wrong is mended, usually a platform older than its gateways.',
    })
  }
  return remedies
}
