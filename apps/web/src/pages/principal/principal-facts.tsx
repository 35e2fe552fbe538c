import type { PrincipalDetail } from '@hoptrace/api'
import { plural } from '../../format/quantity.ts'
import { Instant } from '../../ui/instant.tsx'
import { Fact, Facts } from '../../ui/page.tsx'
import { Recorded } from '../../ui/recorded.tsx'
import { PrincipalValue } from '../../ui/values.tsx'

export function PrincipalFacts({ principal }: { principal: PrincipalDetail }) {
  const neverUsed = principal.granted.filter(({ uses }) => uses === 0).length
  return (
    <Facts>
      <Fact label="On behalf of">
        {principal.rootPrincipals.length === 0 && <span className="faint">unknown</span>}
        {principal.rootPrincipals.map((root) => (
          <span key={root} className="chain-link">
            <PrincipalValue principal={root} field="rootPrincipal" />
          </span>
        ))}
      </Fact>
      <Fact label="Agent">
        {principal.agents.length === 0 && <span className="faint">not named</span>}
        {principal.agents.map(({ template, version, runs }) => (
          <span key={`${template}/${version}`} className="chain-link">
            <Recorded text={`${template} ${version}`} limit={80} /> <span className="faint">{plural(runs, 'run')}</span>
          </span>
        ))}
      </Fact>
      <Fact label="First, in this time">{principal.firstAt === null ? 'nothing was done' : <Instant at={principal.firstAt} />}</Fact>
      <Fact label="Last">{principal.lastAt === null ? 'nothing was done' : <Instant at={principal.lastAt} />}</Fact>
      <Fact label="Agent runs">{plural(principal.runsTotal, 'run')}</Fact>
      <Fact label="Grants never used">
        {neverUsed === 0 ? 'none' : <span className="warn-text">{`${neverUsed} of ${principal.granted.length}`}</span>}
      </Fact>
    </Facts>
  )
}
