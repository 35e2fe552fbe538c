import type { RuleDetail } from '@hoptrace/api'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router'
import * as queries from '../../api/queries.ts'
import { formatCount } from '../../format/quantity.ts'
import { CopyButton } from '../../ui/copy-button.tsx'
import { Instant } from '../../ui/instant.tsx'
import { Empty, Failure, Loading } from '../../ui/outcomes.tsx'
import { Fact, Facts, Page, Section } from '../../ui/page.tsx'
import { Recorded } from '../../ui/recorded.tsx'
import { ResponseMark, SeverityMark } from '../../ui/severity.tsx'
import { State } from '../../ui/state.tsx'
import { AlertLines } from '../alerts/alert-line.tsx'
import { Techniques } from '../rules/techniques.tsx'
import { RuleEditor } from './rule-editor.tsx'

const route = getRouteApi('/rules/$ruleId')

export function RulePage() {
  const { ruleId } = route.useParams()
  const answer = useQuery({ ...queries.rule(ruleId), staleTime: Number.POSITIVE_INFINITY })
  if (answer.isSuccess) return <LoadedRule key={`${ruleId}${answer.data.revision}`} rule={answer.data} />
  return (
    <Page title="Rule">
      {answer.isPending ? <Loading what="the rule" /> : <Failure error={answer.error} what="rule" onRetry={() => answer.refetch()} />}
    </Page>
  )
}

function LoadedRule({ rule }: { rule: RuleDetail }) {
  const navigate = useNavigate()
  const { text, response, isEnabled } = rule
  return (
    <Page
      title={`Rule ${rule.title}`}
      heading={
        <span className="alert-heading">
          <SeverityMark value={rule.severity} /> {rule.title}
        </span>
      }
      actions={
        <CopyButton text={text} label="Copy the rule's text">
          Copy text
        </CopyButton>
      }
    >
      <RuleFacts rule={rule} />
      <div className="alert-columns">
        <div className="alert-main">
          <Section title="What to look at">
            <p className="look-at">{rule.description}</p>
            {rule.falsePositives.length > 0 && (
              <>
                <h3>It may be innocent</h3>
                <ul className="bullets" aria-label="Known false positives">
                  {rule.falsePositives.map((each) => (
                    <li key={each}>{each}</li>
                  ))}
                </ul>
              </>
            )}
          </Section>
          <RuleEditor
            rule={rule}
            initial={{ text, response, isEnabled }}
            onSaved={({ id }) => void navigate({ to: '/rules/$ruleId', params: { ruleId: id } })}
          />
        </div>
        <div className="alert-side">
          <Section
            title="Its newest alerts"
            aside={
              <Link to="/alerts" search={{ rule: rule.id, last: '30d' }}>
                All of them
              </Link>
            }
          >
            {rule.recent.length === 0 ? (
              <Empty title="It raised nothing so far" />
            ) : (
              <AlertLines alerts={rule.recent} label="Its newest alerts" />
            )}
          </Section>
          <Revisions rule={rule} />
        </div>
      </div>
    </Page>
  )
}

function RuleFacts({ rule }: { rule: RuleDetail }) {
  return (
    <Facts>
      <Fact label="State">{rule.isEnabled ? <State tone="good">on</State> : <State tone="quiet">off</State>}</Fact>
      <Fact label="Response">
        <ResponseMark value={rule.response} />
      </Fact>
      <Fact label="Techniques">
        <Techniques tags={rule.tags} />
      </Fact>
      <Fact label="Alerts, 7 days">{formatCount(rule.alerts)}</Fact>
      <Fact label="Origin">{rule.origin === 'shipped' ? 'shipped with Hoptrace' : 'your own'}</Fact>
      <Fact label="Looks at">
        {rule.kind === 'correlation' ? 'findings of other rules' : <code>{[rule.product, rule.category].filter(Boolean).join('/')}</code>}
      </Fact>
      <Fact label="Revision">
        <code>{rule.revision}</code>
      </Fact>
      {rule.references.length > 0 && (
        <Fact label="References" isWide>
          <Recorded text={rule.references.join(' ')} limit={400} />
        </Fact>
      )}
    </Facts>
  )
}

function Revisions({ rule }: { rule: RuleDetail }) {
  return (
    <Section title="Revisions">
      {rule.revisions.length === 0 && <p className="quiet">It was never changed here.</p>}
      <ol className="lines" aria-label="Revisions">
        {rule.revisions.map((each) => (
          <li key={`${each.revision}${each.at}`} className="line">
            <code>{each.revision.slice(0, 12)}</code>
            <span className="grow quiet">
              <Recorded text={each.by} limit={60} />, {each.isEnabled ? each.response : 'off'}
            </span>
            <Instant at={each.at} />
          </li>
        ))}
      </ol>
    </Section>
  )
}
