import type { GrantUse, PrincipalDetail } from '@hoptrace/api'
import { useState } from 'react'
import { plural } from '../../format/quantity.ts'
import { CopyButton } from '../../ui/copy-button.tsx'
import { Section } from '../../ui/page.tsx'
import { Protocol } from '../../ui/protocol.tsx'
import { Recorded } from '../../ui/recorded.tsx'
import { State } from '../../ui/state.tsx'
import { grantsAsJson, grantsAsYaml } from './grant-text.ts'

/** What it was given; what was never used stands first. */
export function Granted({ granted }: { granted: readonly GrantUse[] }) {
  return (
    <Section title="Granted">
      {granted.length === 0 && <p className="quiet">No run of it held a grant in this time.</p>}
      <ul className="lines" aria-label="Granted">
        {granted.map(({ grant, text, uses, runs }) => (
          <li key={text} className="line">
            <Protocol protocol={grant.protocol} />
            <span className="grow">
              <Recorded text={text} limit={240} />
            </span>
            <span className="faint nowrap">{plural(runs, 'run')}</span>
            {uses === 0 ? <State tone="warn">never used</State> : <State tone="good">used {plural(uses, 'time')}</State>}
          </li>
        ))}
      </ul>
    </Section>
  )
}

const FORMS = { yaml: { name: 'YAML', write: grantsAsYaml }, json: { name: 'JSON', write: grantsAsJson } } as const
type Form = keyof typeof FORMS

/** The narrowest grants under which all that succeeded would have been allowed, ready to be given. */
export function Sufficient({ principal }: { principal: PrincipalDetail }) {
  const [form, setForm] = useState<Form>('yaml')
  const grants = principal.sufficient.map(({ grant }) => grant)
  const text = FORMS[form].write(grants)
  const controls = (
    <span className="row">
      <select className="input" aria-label="Form" value={form} onChange={(event) => setForm(event.target.value as Form)}>
        {Object.entries(FORMS).map(([key, { name }]) => (
          <option key={key} value={key}>
            {name}
          </option>
        ))}
      </select>
      <CopyButton text={text} label="Copy the narrower grants" />
    </span>
  )
  return (
    <Section title="Would have sufficed" aside={grants.length > 0 ? controls : undefined}>
      {grants.length === 0 ? (
        <p className="quiet">Nothing that it asked for succeeded, so nothing was needed.</p>
      ) : (
        <>
          <p className="quiet">All that succeeded in this time is inside these grants. Look at them before you give them.</p>
          {principal.isTruncated && <State tone="warn">more was done than was looked at: what would suffice may be wider</State>}
          <pre className="grant-text">
            <Recorded text={text} isBlock limit={20_000} />
          </pre>
        </>
      )}
    </Section>
  )
}
