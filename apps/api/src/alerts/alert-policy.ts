import { type AlertPolicy, defaultAlertPolicy } from '@hoptrace/rules'
import type { ApiOptions } from '../api-options.ts'

/** What a tenant declared of its alerts; the defaults where it declared nothing. */
export function policyOf({ alertPolicies }: Pick<ApiOptions, 'alertPolicies'>, tenant: string): AlertPolicy {
  return alertPolicies?.get(tenant) ?? defaultAlertPolicy
}
