import { readFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { AlertSettings, readAlertSettings, type SecretSource } from '@hoptrace/rules'

/** Alerts are configured in a way that cannot be used. Names settings, never their values. */
export class AlertSettingsError extends Error {
  readonly code = 'BAD_ALERT_SETTINGS'
  readonly retryable = false
}

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
  const read = readAlertSettings(text)
  if ('problem' in read) throw new AlertSettingsError(`HOPTRACE_ALERTS_FILE ${read.problem}`)
  return read.settings
}

function contentOf(path: string): string | null {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return null
  }
}
