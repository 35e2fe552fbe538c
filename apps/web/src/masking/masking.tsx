import { createContext, type ReactNode, useContext } from 'react'
import { splitMasks } from './masked-text.ts'

const Context = createContext(0)

/** Says to everything inside that so many values in the answer which it shows are masked. */
export function Masking({ masked, children }: { masked: number; children: ReactNode }) {
  return <Context value={masked}>{children}</Context>
}

/** How many values are masked in what is shown here. */
export function useMasked(): number {
  return useContext(Context)
}

type MaskableProps = { text: string; children: (text: string) => ReactNode }

/** Text as `children` shows it, with each mask shown as one. */
export function Maskable({ text, children }: MaskableProps) {
  const masked = useMasked()
  if (masked === 0) return children(text)
  let at = 0
  return splitMasks(text).map((stretch) => {
    const key = at
    at += stretch.text.length
    return stretch.isMask ? <Mask key={key} text={stretch.text} /> : <Piece key={key} text={stretch.text} shown={children} />
  })
}

function Piece({ text, shown }: { text: string; shown: (text: string) => ReactNode }) {
  return shown(text)
}

/** Looks hidden by its bullets and its hatching, and says so to who cannot see them. */
function Mask({ text }: { text: string }) {
  return (
    <span className="mask" title="A masked secret">
      <span aria-hidden="true">{text}</span>
      <span className="visually-hidden">masked secret</span>
    </span>
  )
}
