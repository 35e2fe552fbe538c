import type { ConflictsFound, GatewayStatus, Triage } from '../contract/index.ts'
import { conflictReason } from '../health/recording-health.ts'

/** A gateway beats every 10 s by default: three missed beats are silence. */
export const SILENT_AFTER_MS = 30_000

type Findings = {
  gateways: readonly GatewayStatus[]
  gaps: number
  deadLetters: number
  conflicts: ConflictsFound
  gatewayProblem: string | null
}

/** Are we recording? One state, and a sentence for each reason that it is not `recording`. */
export function recordingState({
  gateways,
  gaps,
  deadLetters,
  conflicts,
  gatewayProblem,
}: Findings): Pick<Triage['recording'], 'state' | 'reasons'> {
  const blind = gateways.filter((gateway) => gateway.isSilent).map(silence)
  if (gatewayProblem !== null) blind.push(gatewayProblem)
  const degraded = [
    ...(conflicts.count > 0 ? [conflictReason(conflicts)] : []),
    ...(gaps > 0 ? [`${counted(gaps, 'recording gap')} in the last 24 h.`] : []),
    ...(deadLetters > 0 ? [`${counted(deadLetters, 'message')} could not be understood.`] : []),
  ]
  if (gateways.length === 0) return { state: 'never', reasons: ['No gateway has been heard yet.', ...degraded] }
  if (blind.length > 0) return { state: 'blind', reasons: [...blind, ...degraded] }
  return { state: degraded.length > 0 ? 'degraded' : 'recording', reasons: degraded }
}

function silence({ gatewayId, ageMs }: GatewayStatus): string {
  return `Gateway ${gatewayId} has been silent for ${Math.round(ageMs / 1000)} s.`
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`
}
