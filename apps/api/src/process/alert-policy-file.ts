import { readFileSync } from 'node:fs'
import { type AlertPolicy, AlertSettings, policyIn } from '@hoptrace/rules'
import { parse } from 'yaml'
import { z } from 'zod'

/** The file about alerts cannot be used. Names settings, never their values. */
export class AlertPolicyError extends Error {
  readonly code = 'BAD_ALERT_SETTINGS'
  readonly retryable = false
}

const File = z.object({ alerts: AlertSettings.prefault({}) })

/**
 * The policy in the section `alerts` of a YAML file, as the correlator reads it: backtests judge by the same. Who is told is not looked at.
 * @throws AlertPolicyError
 */
export function alertPolicyIn(file: string): AlertPolicy {
  const read = File.safeParse(documentIn(file) ?? {})
  if (read.success) return policyIn(read.data.alerts)
  const problems = read.error.issues.map(({ path, message }) => `${path.join('.') || '(top)'}: ${message}`)
  throw new AlertPolicyError(`HOPTRACE_ALERTS_FILE cannot be used: ${problems.join('; ')}`)
}

// The parser quotes the file, where somebody may have written a secret.
function documentIn(file: string): unknown {
  try {
    return parse(readFileSync(file, 'utf8'))
  } catch {
    throw new AlertPolicyError('HOPTRACE_ALERTS_FILE: the file cannot be read, or is not YAML')
  }
}
