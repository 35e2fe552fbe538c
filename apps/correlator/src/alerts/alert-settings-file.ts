import { readFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { AlertSettings, type SecretSource } from '@hoptrace/rules'
import { parse } from 'yaml'
import { z } from 'zod'

/** Alerts are configured in a way that cannot be used. Names settings, never their values. */
export class AlertSettingsError extends Error {
  readonly code = 'BAD_ALERT_SETTINGS'
  readonly retryable = false
}

/** Of the file that the gateway and the platform read, too, this is the part that is about alerts. */
const File = z.object({ alerts: AlertSettings.prefault({}) })

/** What is configured of alerts, with the secrets that it names. */
export type AlertConfig = { settings: AlertSettings; secretOf: (source: SecretSource) => string }

/**
 * Reads the section `alerts` of a YAML file. Without a file nobody is told, by the default policy.
 * @throws AlertSettingsError
 */
export function alertConfigIn(file: string | null, environment: NodeJS.ProcessEnv): AlertConfig {
  const settings = file === null ? AlertSettings.parse({}) : settingsIn(file)
  return { settings, secretOf: secretsOf(file === null ? process.cwd() : dirname(resolve(file)), environment) }
}

/** Where secrets are. Relative paths are relative to the configuration. A line feed at a file's end is none of it. */
function secretsOf(directory: string, environment: NodeJS.ProcessEnv): AlertConfig['secretOf'] {
  return (source) => {
    const secret = 'env' in source ? environment[source.env] : contentOf(resolve(directory, source.file))?.trim()
    if (secret) return secret
    const where = 'env' in source ? `the variable ${source.env} is not set` : 'its file cannot be read, or is empty'
    throw new AlertSettingsError(`alerts.destinations: ${where}`)
  }
}

function settingsIn(file: string): AlertSettings {
  const text = contentOf(file)
  if (text === null) throw new AlertSettingsError('HOPTRACE_ALERTS_FILE: the file cannot be read')
  const read = File.safeParse(documentIn(text) ?? {})
  if (read.success) return read.data.alerts
  const problems = read.error.issues.map(({ path, message }) => `${path.join('.') || '(top)'}: ${message}`)
  throw new AlertSettingsError(`HOPTRACE_ALERTS_FILE cannot be used: ${problems.join('; ')}`)
}

// The parser quotes the file, where somebody may have written a secret.
function documentIn(text: string): unknown {
  try {
    return parse(text)
  } catch {
    throw new AlertSettingsError('HOPTRACE_ALERTS_FILE is not YAML')
  }
}

function contentOf(path: string): string | null {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return null
  }
}
