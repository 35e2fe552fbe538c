import type { Me, Right } from '../contract/index.ts'
import { ProblemError } from '../http/problem.ts'

export function may(me: Pick<Me, 'rights'>, right: Right): boolean {
  return me.rights.includes(right)
}

/** @throws ProblemError NOT_AUTHORISED */
export function demand(me: Pick<Me, 'rights'>, right: Right, forWhat: string): void {
  if (!may(me, right)) throw new ProblemError('NOT_AUTHORISED', `${forWhat} needs the right ${right}.`)
}

/** Does the request ask for secrets, and may it? @throws ProblemError NOT_AUTHORISED */
export function revealsSecrets(me: Pick<Me, 'rights'>, { reveal }: { reveal?: '1' | undefined }): boolean {
  if (reveal === undefined) return false
  demand(me, 'reveal', 'Showing secrets')
  return true
}
