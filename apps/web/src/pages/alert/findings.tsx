import type { AlertDetail, AlertFinding, ChainDetail } from '@hoptrace/api'
import { Link } from '@tanstack/react-router'
import { Instant } from '../../ui/instant.tsx'
import { Section } from '../../ui/page.tsx'
import { Recorded } from '../../ui/recorded.tsx'
import { ResponseMark, SeverityMark } from '../../ui/severity.tsx'
import { Techniques } from '../rules/techniques.tsx'
import { byRule } from './by-rule.ts'
import { PlaceLink } from './place-link.tsx'

/** What each rule found, what to look at, what else it may be, and the moments that prove it. */
export function Findings({ alert, chain }: { alert: AlertDetail; chain: ChainDetail | undefined }) {
  const rules = byRule(alert.findings)
  const count = `${alert.findings.length} findings of ${rules.length} rules, most severe first`
  return (
    <Section title="What was found" aside={alert.findings.length > 1 ? count : undefined}>
      <ol className="findings" aria-label="Findings">
        {rules.map((findings) => (
          <li key={findings[0]?.rule.id} className="finding">
            <RuleFindings {...{ findings, alert, chain }} />
          </li>
        ))}
      </ol>
    </Section>
  )
}

function RuleFindings({ findings, alert, chain }: { findings: AlertFinding[]; alert: AlertDetail; chain: ChainDetail | undefined }) {
  const [first] = findings
  if (!first) return null
  return (
    <>
      <div className="finding-head">
        <h3>
          <Link to="/rules/$ruleId" params={{ ruleId: first.rule.id }}>
            {first.rule.title}
          </Link>
        </h3>
        <SeverityMark value={first.severity} />
        <ResponseMark value={first.response} />
        <Techniques tags={first.rule.tags} />
      </div>
      <p className="quiet look-at">{first.description}</p>
      {first.falsePositives.length > 0 && (
        <p className="quiet">
          <span className="faint">It may be innocent: </span>
          {first.falsePositives.join('; ')}
        </p>
      )}
      <ul className="said-list">
        {findings.map((finding) => (
          <li key={`${finding.at.sessionId}${finding.at.seq}${finding.hopId}`}>
            <p className="said">
              <Recorded text={finding.sentence} limit={400} />
            </p>
            <Ways {...{ finding, alert, chain }} />
          </li>
        ))}
      </ul>
    </>
  )
}

type FindingProps = { finding: AlertFinding; alert: AlertDetail; chain: ChainDetail | undefined }

/** One step to each moment. */
function Ways({ finding, alert, chain }: FindingProps) {
  const hop = chain?.edges.find(({ id }) => id === finding.hopId)
  const shown = hop?.evidence.find(({ from, to }) => from !== null && to !== null)
  const isReplayed = (sessionId: string) => chain?.nodes.find(({ at }) => at.sessionId === sessionId)?.isRefused !== true
  return (
    <p className="row ways">
      <Instant at={finding.happenedAt} />
      {alert.chainId !== null && finding.hopId !== null && (
        <Link to="/chains/$chainId" params={{ chainId: alert.chainId }} search={{ hop: finding.hopId }} className="button small">
          Both moments in the chain
        </Link>
      )}
      {shown?.from != null && (
        <PlaceLink at={shown.from} hasReplay={isReplayed(shown.from.sessionId)}>
          Where it was seen
        </PlaceLink>
      )}
      {shown?.to != null && (
        <PlaceLink at={shown.to} hasReplay={isReplayed(shown.to.sessionId)}>
          Where it was used
        </PlaceLink>
      )}
      {shown === undefined && (
        <PlaceLink at={finding.at} hasReplay={isReplayed(finding.at.sessionId)}>
          The moment
        </PlaceLink>
      )}
      <Link to="/sessions/$sessionId/events/$seq" params={{ sessionId: finding.at.sessionId, seq: String(finding.at.seq) }}>
        Proof
      </Link>
    </p>
  )
}
