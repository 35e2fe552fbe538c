import type { Grant } from '../bodies/grant.ts'
import { type AskedOverHttp, allowsHttp, coversHttp } from './http-scope.ts'
import { type AskedOfKubernetes, allowsKubernetes, coversKubernetes } from './kubernetes-scope.ts'

/** What a request asks of its target, as grants' scopes see it. */
export type AskedScope = { kubernetes: AskedOfKubernetes } | { http: AskedOverHttp }

type Scoped = Pick<Grant, 'forward' | 'kubernetes' | 'http'>

/** Is this request within the grant's scope? A grant that states one allows nothing of which it cannot be told. */
export function grantAllows(grant: Scoped, asked: AskedScope | undefined): boolean {
  const { kubernetes, http } = grant
  if (!asked) return kubernetes === undefined && http === undefined
  if ('http' in asked) return kubernetes === undefined && allowsHttp(http ?? {}, asked.http)
  if (http !== undefined) return false
  if (asked.kubernetes.subresource === 'portforward' && grant.forward !== true) return false
  return allowsKubernetes(kubernetes ?? {}, asked.kubernetes)
}

/**
 * Does `held` allow all that `asked` allows? Conservative: each pattern asked for must lie within one that is held, even
 * where several together would do.
 */
export function coversScope(held: Scoped, asked: Scoped): boolean {
  if (held.kubernetes && !coversKubernetes(held.kubernetes, asked.kubernetes ?? {})) return false
  return !held.http || coversHttp(held.http, asked.http ?? {})
}
