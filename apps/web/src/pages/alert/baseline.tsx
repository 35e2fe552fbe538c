import type { AlertDetail } from '@hoptrace/api'
import { plural } from '../../format/quantity.ts'
import { Section } from '../../ui/page.tsx'
import { State } from '../../ui/state.tsx'

/** What "first seen" means here: how much had been seen before. */
export function Baseline({ baseline }: { baseline: AlertDetail['baseline'] }) {
  if (baseline === null) return null
  return (
    <Section title="Baseline" aside={<code>{baseline.id}</code>}>
      <p>
        First seen against {plural(baseline.runs, 'run')} over {plural(baseline.days, 'day')}.{' '}
        {baseline.isWarm ? (
          <State tone="good">warm</State>
        ) : (
          <State tone="warn" title="Too little was seen so far for the first sight of something to say much">
            still warming up
          </State>
        )}
      </p>
    </Section>
  )
}
