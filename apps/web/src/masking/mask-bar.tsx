import { plural } from '../format/quantity.ts'
import { DeniedAction } from '../identity/denied-action.tsx'
import { useMay } from '../identity/identity.tsx'
import { rights } from '../identity/rights.ts'
import { State } from '../ui/state.tsx'
import { Reveal } from './reveal.tsx'

type MaskBarProps = {
  /** Values that are masked in what is shown. */
  masked: number
  isRevealed: boolean
  /** What is shown: `this session`. */
  what: string
  /** Changes the address. */
  onReveal: (isRevealed: boolean) => void
}

/** Says that secrets are masked, or that they are not; and changes it, for who may. */
export function MaskBar({ masked, isRevealed, what, onReveal }: MaskBarProps) {
  const mayReveal = useMay('reveal')
  if (isRevealed) {
    return (
      <div className="mask-bar revealed" role="status">
        <State tone="warn">Secrets are shown as they were recorded.</State>
        <span className="quiet">The access log says that you saw them.</span>
        <button type="button" className="button small" onClick={() => onReveal(false)}>
          Mask again
        </button>
      </div>
    )
  }
  if (masked === 0) return null
  return (
    <div className="mask-bar" role="status">
      <span>
        <span className="mask" aria-hidden="true">
          ••••
        </span>{' '}
        {plural(masked, 'secret')} in {what} {masked === 1 ? 'is' : 'are'} masked.
      </span>
      {mayReveal ? (
        <Reveal what={what} onReveal={() => onReveal(true)} />
      ) : (
        <>
          <DeniedAction label="Reveal" right="reveal" />
          <span className="quiet" aria-hidden="true">
            needs the right reveal; {rights.reveal.heldBy}
          </span>
        </>
      )}
    </div>
  )
}
