import type { ReactNode } from 'react'

/** One figure of a list of figures. */
export function Readout({ label, children, isBad = false }: { label: string; children: ReactNode; isBad?: boolean }) {
  return (
    <div className={isBad ? 'readout bad' : 'readout'}>
      <dt>{label}</dt>
      <dd>
        {isBad && <span aria-hidden="true">! </span>}
        {children}
      </dd>
    </div>
  )
}
