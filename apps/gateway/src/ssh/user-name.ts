/** The user that speaks to the gateway itself. */
export const CONTROL_USER = 'hoptrace'

export type AskedUser = { kind: 'control' } | { kind: 'target'; target: string; account: string | null }

/**
 * What an SSH user name asks for: `account:target`, or `target` alone (`:target` too) for the target's own account.
 * The first colon divides: no account has one.
 */
export function readUserName(name: string): AskedUser {
  if (name === CONTROL_USER) return { kind: 'control' }
  const colon = name.indexOf(':')
  if (colon < 0) return { kind: 'target', target: name, account: null }
  return { kind: 'target', target: name.slice(colon + 1), account: name.slice(0, colon) || null }
}
