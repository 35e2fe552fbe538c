import type { ConflictsFound, GatewayHealth, Health } from '../contract/index.ts'

type Recording = NonNullable<Health['recording']>
type Findings = Pick<Recording, 'gateways' | 'gaps' | 'deadLetters' | 'conflicts'>

/** Are we recording? One state, and a sentence for each reason that it is not `recording`. */
export function verdictOn({ gateways, gaps, deadLetters, conflicts }: Findings): Pick<Recording, 'state' | 'reasons'> {
  const blind = gateways.flatMap(blindness)
  const degraded = [
    ...(conflicts.count > 0 ? [conflictReason(conflicts)] : []),
    ...gateways.filter(({ spool }) => spool?.level === 'filling').map(({ gatewayId }) => `The spool of gateway ${gatewayId} fills.`),
    ...(gaps > 0 ? [`${counted(gaps, 'recording gap')} in the last 24 h.`] : []),
    ...(deadLetters > 0 ? [`${counted(deadLetters, 'message')} could not be understood.`] : []),
  ]
  if (gateways.length === 0) return { state: 'never', reasons: ['No gateway has been heard yet.', ...degraded] }
  if (blind.length > 0) return { state: 'blind', reasons: [...blind, ...degraded] }
  return { state: degraded.length > 0 ? 'degraded' : 'recording', reasons: degraded }
}

/** Said wherever the state of the recording is. */
export function conflictReason({ count }: Pick<ConflictsFound, 'count'>): string {
  return `${counted(count, 'session')} ${count === 1 ? 'has' : 'have'} two different events under one seq.`
}

function blindness({ gatewayId, isSilent, ageMs, spool }: GatewayHealth): string[] {
  if (isSilent) return [`Gateway ${gatewayId} has been silent for ${Math.round(ageMs / 1000)} s.`]
  return spool?.level === 'full' ? [`Gateway ${gatewayId} refuses new sessions: its spool is full.`] : []
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`
}
