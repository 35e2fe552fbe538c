/** Every number that a score or a link depends on. Scores are integers: thousandths of log-odds. */
export type LinkPolicy = {
  /** How far back in event time a value may have been seen, in µs. */
  windowUs: number
  weights: {
    credentialFlow: number
    delegation: number
    /** The most that rarity may add: rarity is 1000·ln(N/df). */
    targetFlowCap: number
    /** Shared between the sessions that are open at the address. */
    origin: number
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
  /** Addresses that many callers share: address translation, proxies, the gateways' own. Loopback never needs listing. */
  sharedOrigins: readonly string[]
  /** Alternatives kept beside the best parent. */
  maxAlternatives: number
}

const HOUR_US = 3_600_000_000
export const DAY_US = 24 * HOUR_US

/** The starting weights: log-odds 6 for a secret that flowed, 5 for a verified delegation, at most 5 for a rare target or an origin. */
export const defaultLinkPolicy: LinkPolicy = {
  windowUs: 24 * HOUR_US,
  weights: { credentialFlow: 6000, delegation: 5000, targetFlowCap: 5000, origin: 5000, sameRoot: 500, timing: 1000 },
  rarityThatLinks: 2000,
  priorCallers: 150,
  maxCallersOfValue: 50,
  commonValues: ['127.0.0.1', '::1', '0.0.0.0', '::', 'localhost.localdomain'],
  sharedOrigins: [],
  maxAlternatives: 8,
}
