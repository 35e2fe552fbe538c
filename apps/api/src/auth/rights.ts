import { Right, Role } from '../contract/index.ts'

/**
 * What each role may do. `reveal` stands in none: it is given apart, to people who need secrets and not the rest.
 * A responder revokes runs by `respond`. An auditor takes away evidence of what happened and not of what was said.
 */
const rightsOfRole: Record<Role, readonly Right[]> = {
  operator: ['metadata', 'operate', 'respond'],
  investigator: ['metadata', 'content', 'export'],
  responder: ['metadata', 'content', 'respond'],
  auditor: ['metadata', 'export', 'audit'],
}

export const ALL_ROLES: readonly Role[] = Role.options
export const ALL_RIGHTS: readonly Right[] = Right.options

/** In the order of the contract, each once. Nobody without a role has a right, `reveal` included. */
export function rightsOf(roles: readonly Role[], mayReveal: boolean): Right[] {
  const held = new Set(roles.flatMap((role) => rightsOfRole[role]))
  if (mayReveal && held.has('content')) held.add('reveal')
  return ALL_RIGHTS.filter((right) => held.has(right))
}
