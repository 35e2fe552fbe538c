import { decodedBase64 } from '../canonical-value.ts'
import { scanText } from '../scan.ts'

/** Of shorter ones a digest links everything to everything. */
const MIN_SECRET = 4

/**
 * The forms in which a secret may turn up elsewhere: as it stands in the body, decoded from base64, and the credentials
 * that stand in it (a URL's password, a token of a docker configuration). For digests alone.
 */
export function secretValues(value: string): string[] {
  const decoded = decodedText(value)
  const forms = [value.trim(), ...(decoded === null ? [] : [decoded.trim(), ...credentialsIn(decoded)])]
  return [...new Set(forms)].filter((form) => form.length >= MIN_SECRET)
}

function credentialsIn(text: string): string[] {
  return [...scanText(text)].filter(({ kind }) => kind === 'credential').map(({ canonical }) => canonical)
}

// Values of a Secret are base64 always; the lib's reader wants longer ones, since it looks at any word.
function decodedText(value: string): string | null {
  const known = decodedBase64(value)
  if (known !== null) return known
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(value)) return null
  const bytes = Buffer.from(value, 'base64')
  const text = bytes.toString('utf8')
  return bytes.toString('base64') === value && Buffer.from(text, 'utf8').equals(bytes) ? text : null
}
