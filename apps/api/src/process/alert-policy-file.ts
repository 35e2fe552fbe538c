import { readFileSync } from 'node:fs'
import { type AlertPolicy, policyIn, readAlertSettings } from '@hoptrace/rules'

/** The file about alerts cannot be used. Names settings, never their values. */
export class AlertPolicyError extends Error {
  readonly code = 'BAD_ALERT_SETTINGS'
  readonly retryable = false
}

/**
 * The policy in the section `alerts` of a YAML file, as the correlator reads it: backtests judge by the same. Who is told is not looked at.
 * @throws AlertPolicyError
 */
export function alertPolicyIn(file: string): AlertPolicy {
  const read = readAlertSettings(contentOf(file))
  if ('problem' in read) throw new AlertPolicyError(`HOPTRACE_ALERTS_FILE ${read.problem}`)
  return policyIn(read.settings)
}

function contentOf(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    throw new AlertPolicyError('HOPTRACE_ALERTS_FILE: the file cannot be read')
  }
}
