import { parse } from 'yaml'
import { z } from 'zod'
import { AlertSettings } from './alert-settings.ts'

/** Of a file that others read, too, this is the part that is about alerts. */
const File = z.object({ alerts: AlertSettings.prefault({}) })

export type ReadAlertSettings = { settings: AlertSettings } | { problem: string }

/** Reads the section `alerts` of YAML text. What is wrong is said by the names of settings, never by their values. */
export function readAlertSettings(text: string): ReadAlertSettings {
  const document = documentIn(text)
  if (document === null) return { problem: 'is not YAML' }
  const read = File.safeParse(document.content ?? {})
  if (read.success) return { settings: read.data.alerts }
  const problems = read.error.issues.map(({ path, message }) => `${path.join('.') || '(top)'}: ${message}`)
  return { problem: `cannot be used: ${problems.join('; ')}` }
}

// The parser quotes the text in its errors, and somebody may have written a secret there.
function documentIn(text: string): { content: unknown } | null {
  try {
    return { content: parse(text) }
  } catch {
    return null
  }
}
