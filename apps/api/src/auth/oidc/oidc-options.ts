import type { Role } from '../../contract/index.ts'

/** Where the identity provider says what; each is the name of a top-level claim. */
export type ClaimNames = {
  /** What people are called; null: the first of `name`, `preferred_username`, `email`, `sub`. */
  name: string | null
  /** Null: everybody belongs to the server's own tenant. */
  tenant: string | null
  /** An array of strings, or one string of words. */
  groups: string
}

/** `reveal` is no role, and is given by a group of its own. */
export type GroupGrant = Role | 'reveal'

export type OidcOptions = {
  issuer: string
  clientId: string
  /** Null: a public client. */
  clientSecret: string | null
  /** What the sign-in page calls the provider. */
  label: string
  scope: string
  claims: ClaimNames
  /** What membership of a group gives. Nobody has a role without one. */
  groups: ReadonlyMap<string, readonly GroupGrant[]>
  /** Who bearer tokens must be for. */
  audiences: readonly string[]
  /** JWS algorithms that are believed: never `none`, never a symmetric one. */
  algorithms: readonly string[]
  clockToleranceSeconds: number
  /** The command line's own client for the device flow; null for none. */
  deviceClientId: string | null
}
