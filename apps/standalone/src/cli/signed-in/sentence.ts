import type { Me } from '@hoptrace/api'
import { oneLine } from '../table.ts'

/** One sentence on who somebody is at a platform. */
export function sentenceOn(me: Me, origin: string): string {
  return `Logged in at ${origin} as ${oneLine(me.name)} (${me.roles.join(', ')}), tenant ${oneLine(me.tenant)}.`
}
