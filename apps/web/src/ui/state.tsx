import type { ReactNode } from 'react'

export type Tone = 'good' | 'warn' | 'bad' | 'quiet' | 'accent'
const SIGNS: Record<Tone, string> = { good: '✓', warn: '!', bad: '✕', quiet: '·', accent: '▸' }

/** A state: a sign, a word, and only then a colour. */
export function State({ tone, children, title }: { tone: Tone; children: ReactNode; title?: string }) {
  return (
    <span className={`state ${tone}`} title={title}>
      <span className="state-sign" aria-hidden="true">
        {SIGNS[tone]}
      </span>
      {children}
    </span>
  )
}

const COMPLETENESS = {
  complete: { tone: 'good', label: 'complete', title: 'Gapless from the first event to the end; every hash chains' },
  unfinished: { tone: 'accent', label: 'unfinished', title: 'Gapless so far; the session has not ended' },
  gap: { tone: 'warn', label: 'gap', title: 'Something was not recorded' },
  conflict: { tone: 'bad', label: 'conflict', title: 'Two contents claim one place, or a hash does not chain' },
  expired: { tone: 'quiet', label: 'expired', title: 'Deleted by retention, which is not lost' },
} as const

export function Completeness({ value }: { value: keyof typeof COMPLETENESS }) {
  const { tone, label, title } = COMPLETENESS[value]
  return (
    <State tone={tone} title={title}>
      {label}
    </State>
  )
}

const OUTCOMES: Record<string, { tone: Tone; label: string }> = {
  open: { tone: 'accent', label: 'open' },
  client: { tone: 'quiet', label: 'closed by caller' },
  target: { tone: 'quiet', label: 'closed by target' },
  idle: { tone: 'quiet', label: 'ended when idle' },
  imported: { tone: 'quiet', label: 'imported' },
  shutdown: { tone: 'warn', label: 'gateway shut down' },
  expired: { tone: 'warn', label: 'run expired' },
  revoked: { tone: 'warn', label: 'run revoked' },
  crash: { tone: 'bad', label: 'gateway crashed' },
  error: { tone: 'bad', label: 'error' },
  recording: { tone: 'bad', label: 'recording failed' },
}

export function Outcome({ value }: { value: string }) {
  const { tone, label } = OUTCOMES[value] ?? { tone: 'quiet' as const, label: value }
  return <State tone={tone}>{label}</State>
}

export function RunState({ value }: { value: 'live' | 'expired' | 'revoked' | 'unknown' }) {
  const tone = { live: 'accent', expired: 'quiet', revoked: 'warn', unknown: 'warn' } as const
  return <State tone={tone[value]}>{value === 'unknown' ? 'state unknown' : value}</State>
}
