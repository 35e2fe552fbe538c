import type { ReportNode } from './chain-report.ts'

/** What is no ordinary session says so. */
export const WORDS: Record<ReportNode['kind'], string> = { session: '', refused: 'REFUSED', use: 'USE', unseen: 'NOT SEEN' }

/** What each class of evidence rests on. */
export const CLASS_WORDS: Record<string, string> = {
  'credential-flow': 'a secret from an answer, then presented',
  delegation: 'a run that was started by the other’s token',
  'target-flow': 'a host, address or name from an answer, then reached',
  origin: 'came from the other’s address while it was open',
  'pivot-command': 'a command that names where it goes',
  'trace-id': 'the same trace id',
  'same-root': 'on behalf of the same',
  timing: 'one lies within the other',
}

const PROTOCOLS: Record<string, string> = { postgres: 'PostgreSQL', ssh: 'SSH', kubernetes: 'Kubernetes', http: 'HTTP' }

export function protocolName(protocol: string): string {
  return PROTOCOLS[protocol] ?? 'Unknown'
}

/** Log-odds with their sign; never a percentage. */
export function scoreOf(logOdds: number): string {
  return `${logOdds < 0 ? '−' : '+'}${Math.abs(logOdds).toFixed(1)}`
}

const UNITS: readonly [number, string][] = [
  [86_400_000_000, 'd'],
  [3_600_000_000, 'h'],
  [60_000_000, 'min'],
  [1_000_000, 's'],
  [1000, 'ms'],
]

/** Microseconds in the unit that people read. */
export function durationOf(us: number): string {
  const [size, unit] = UNITS.find(([each]) => us >= each) ?? [1, 'µs']
  const amount = us / size
  return `${amount >= 100 || Number.isInteger(amount) ? Math.round(amount) : amount.toFixed(1)} ${unit}`
}

export function bytesOf(bytes: number): string {
  const step = bytes < 1000 ? 0 : Math.min(4, Math.floor(Math.log10(bytes) / 3))
  return step === 0 ? `${bytes} B` : `${(bytes / 1000 ** step).toFixed(1)} ${['', 'kB', 'MB', 'GB', 'TB'][step]}`
}

export function counted(count: number, noun: string, nouns = `${noun}s`): string {
  return `${count} ${count === 1 ? noun : nouns}`
}
