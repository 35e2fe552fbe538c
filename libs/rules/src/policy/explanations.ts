import type { AlertPolicy } from './alert-policy.ts'
import { isLike, isLikeAny } from './glob.ts'
import { instantUs } from './instant.ts'

/** Declared to be privileged: the target, or the account there. */
export function isPrivileged(policy: AlertPolicy, at: { target: string; account: string | null }): boolean {
  return isLikeAny(policy.privileged.targets, at.target) || isLikeAny(policy.privileged.accounts, at.account)
}

export type CredentialPath = { from: string; to: string; account: string | null; tsUs: number }

/** Does a declared credential path lead from one target to the other at that time? */
export function isApproved(policy: AlertPolicy, path: CredentialPath): boolean {
  return approvalOf(policy, path) !== null
}

/** Why the path is approved; null when it is not. */
export function approvalOf(policy: AlertPolicy, { from, to, account, tsUs }: CredentialPath): string | null {
  const path = policy.approvedPaths.find(
    (each) =>
      isLike(each.from, from) &&
      isLike(each.to, to) &&
      (each.account === undefined || (account !== null && isLike(each.account, account))) &&
      (each.until === undefined || tsUs < (instantUs(each.until) ?? 0)),
  )
  return path?.reason ?? null
}

export type Doing = { target: string; principal: string | null; agentTemplate: string | null; tsUs: number }

/** Is it inside a declared maintenance window or runbook? */
export function isExpected(policy: AlertPolicy, doing: Doing): boolean {
  return expectationOf(policy, doing) !== null
}

/** Why it is expected; null when it is not. */
export function expectationOf(policy: AlertPolicy, { target, principal, agentTemplate, tsUs }: Doing): string | null {
  const window = policy.maintenance.find(
    ({ targets, principals, agentTemplates, from, to }) =>
      (targets === undefined || isLikeAny(targets, target)) &&
      (principals === undefined || isLikeAny(principals, principal)) &&
      (agentTemplates === undefined || isLikeAny(agentTemplates, agentTemplate)) &&
      (instantUs(from) ?? 0) <= tsUs &&
      tsUs < (instantUs(to) ?? 0),
  )
  return window?.reason ?? null
}
