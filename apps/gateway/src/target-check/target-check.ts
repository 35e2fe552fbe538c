export type TargetCheck = { ok: true } | { ok: false; problem: string }

export const TIMEOUT_MS = 10_000
