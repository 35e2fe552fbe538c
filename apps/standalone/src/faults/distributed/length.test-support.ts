/** The long suite, `npm run faults`, takes as many faults as are promised; every other run takes a few of each. */
export const isLong = process.env.HOPTRACE_FAULTS === 'long'

export const KILLS = isLong ? 50 : 4
/** How long the broker cannot be reached. */
export const OUTAGE_MS = isLong ? 60_000 : 8000
