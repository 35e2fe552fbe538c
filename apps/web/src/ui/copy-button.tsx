import { useEffect, useState } from 'react'

/** Copies and says so. */
export function CopyButton({ text, label, children = 'Copy' }: { text: string | (() => string); label: string; children?: string }) {
  const [state, setState] = useState<'idle' | 'copied' | 'refused'>('idle')
  useEffect(() => {
    if (state === 'idle') return
    const timer = setTimeout(() => setState('idle'), 2000)
    return () => clearTimeout(timer)
  }, [state])
  const copy = () => {
    navigator.clipboard.writeText(typeof text === 'string' ? text : text()).then(
      () => setState('copied'),
      () => setState('refused'),
    )
  }
  return (
    <button type="button" className="button small" aria-label={label} onClick={copy}>
      {state === 'idle' ? children : state}
      <span className="visually-hidden" aria-live="polite">
        {state === 'copied' ? `${label}: copied` : ''}
      </span>
    </button>
  )
}
