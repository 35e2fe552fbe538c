import { type AlertPolicy, defaultAlertPolicy } from '@hoptrace/rules'
import type { ApiOptions } from '../api-options.ts'

/** What was declared of alerts; the defaults where nothing was. */
export function policyOf({ alertPolicy }: Pick<ApiOptions, 'alertPolicy'>): AlertPolicy {
  return alertPolicy ?? defaultAlertPolicy
}
