import { readFileSync } from 'node:fs'

/** The version that a package.json states. */
export function versionIn(packageJson: URL): string {
  const stated: unknown = JSON.parse(readFileSync(packageJson, 'utf8'))
  const isOne = typeof stated === 'object' && stated !== null && 'version' in stated && typeof stated.version === 'string'
  return isOne ? String(stated.version) : 'unknown'
}
