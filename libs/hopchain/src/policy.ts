/** Every number that a score or a link depends on. Scores are integers: thousandths of log-odds. */
export type LinkPolicy = {
  /** How far back in event time a value may have been seen, in µs. */
  windowUs: number
  weights: {
    credentialFlow: number
    delegation: number
    /** The same, where the run had an access before: it may have read there what leads on. So for a token that was taken over, and used since. */
    laterDelegation: number
    /** The most that rarity may add: rarity is 1000·ln(N/df). */
    targetFlowCap: number
    /** The most that rarity may add where the actor goes anyway: it then only adds to what links. */
    explainedTargetFlow: number
    /** Shared between the sessions that are open at the address. */
    origin: number
    pivotCommand: number
    /** A parent that a run only claims. */
    claimedDelegation: number
    traceId: number
    sameRoot: number
    timing: number
  }
  /** A target's rarity at or above which it links by itself. */
  rarityThatLinks: number
  /**
   * Callers that the baseline is taken to hold besides those it counted. A young deployment would otherwise call every
   * value common, since ln(1/1) is 0; 150 lets a value that one caller saw score ln(150), the cap.
   */
  priorCallers: number
  /** A value that more callers than this were answered is common, and links nothing. */
  maxCallersOfValue: number
  /** Hosts and addresses that name a role rather than a machine, in canonical form. */
  commonValues: readonly string[]
  /** Addresses, and host names, that many callers share: address translation, proxies, the gateways' own. Loopback never needs listing. */
  sharedOrigins: readonly string[]
  /** An origin's share of the weight below which it only adds: of many sessions that are open at one address, none is the one. */
  originThatLinks: number
  /** An address at which more callers than this have open sessions is a hub: whoever comes from there is not led to by strangers. */
  maxCallersAtOrigin: number
  /** A target that more callers than this reached within the window is a hub: what one caller was answered leads no other there. */
  maxCallersOfTarget: number
  /** An access follows a command that named its target within this, in µs. */
  pivotWithinUs: number
  /** A pivot that no access followed within this is one that was not seen, in µs. */
  unseenAfterUs: number
  /** Clocks of gateways may differ by this, in µs: an access that seems to precede the command by less has followed it. */
  skewUs: number
  /** Names that end so, and single labels, are of machines inside. Lower case, without a leading dot. */
  internalSuffixes: readonly string[]
  /** Pivots not seen that become nodes, in one session: the first ones. */
  maxUnseen: number
  /** Weak evidence halves in this time, in µs. */
  weakHalfLifeUs: number
  /** Alternatives kept beside the best parent. */
  maxAlternatives: number
}

const MINUTE_US = 60_000_000
const HOUR_US = 60 * MINUTE_US
export const DAY_US = 24 * HOUR_US

/**
 * The starting weights: log-odds 6 for a secret that flowed, 5 for a verified delegation (3 once the run has been somewhere), at most 5 for a rare target or an origin,
 * 4 for a command that named the target, 2 for what a caller only claims.
 */
export const defaultLinkPolicy: LinkPolicy = {
  windowUs: 24 * HOUR_US,
  weights: {
    credentialFlow: 6000,
    delegation: 5000,
    laterDelegation: 3000,
    targetFlowCap: 5000,
    explainedTargetFlow: 500,
    origin: 5000,
    pivotCommand: 4000,
    claimedDelegation: 2000,
    traceId: 2000,
    sameRoot: 500,
    timing: 1000,
  },
  rarityThatLinks: 2000,
  priorCallers: 150,
  maxCallersOfValue: 50,
  commonValues: ['127.0.0.1', '::1', '0.0.0.0', '::', 'localhost.localdomain'],
  sharedOrigins: [],
  originThatLinks: 1000,
  maxCallersAtOrigin: 3,
  maxCallersOfTarget: 3,
  pivotWithinUs: 10 * MINUTE_US,
  unseenAfterUs: MINUTE_US,
  skewUs: 2_000_000,
  internalSuffixes: ['internal', 'local', 'localdomain', 'lan', 'corp', 'home.arpa', 'svc', 'cluster.local'],
  maxUnseen: 64,
  weakHalfLifeUs: HOUR_US,
  maxAlternatives: 8,
}
