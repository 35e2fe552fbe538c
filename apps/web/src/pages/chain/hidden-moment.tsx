import { formatPosition } from '../../format/duration.ts'
import { Lock } from '../../identity/lock.tsx'
import { rights } from '../../identity/rights.ts'
import { Recorded } from '../../ui/recorded.tsx'
import type { MomentProps } from './moment.tsx'

/** A moment of a hop for who may know that it was, and not what was said. */
export function HiddenMoment({ title, where, pointer }: Pick<MomentProps, 'title' | 'where' | 'pointer'>) {
  return (
    <section className="moment" aria-label={`${title}: ${where}`}>
      <h3>
        {title} <Recorded text={where} limit={80} />
      </h3>
      <p className="quiet">
        seq {pointer.seq} at {formatPosition(pointer.ms)}
      </p>
      <p className="notice forbidden">
        <Lock /> What was said here needs the right <strong>content</strong>; {rights.content.heldBy}.
      </p>
    </section>
  )
}
