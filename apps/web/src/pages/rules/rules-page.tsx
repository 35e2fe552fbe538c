import type { RuleSummary } from '@hoptrace/api'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import * as queries from '../../api/queries.ts'
import { plural } from '../../format/quantity.ts'
import { DeniedAction } from '../../identity/denied-action.tsx'
import { useMay } from '../../identity/identity.tsx'
import { Empty, Failure, Loading } from '../../ui/outcomes.tsx'
import { Page } from '../../ui/page.tsx'
import { ResponseMark, SeverityMark } from '../../ui/severity.tsx'
import { State } from '../../ui/state.tsx'
import { byUrgency } from './by-urgency.ts'
import { Techniques } from './techniques.tsx'

/** What raises alerts: the rules, and how much each said lately. */
export function RulesPage() {
  const answer = useQuery(queries.rules())
  const rules = answer.data?.items ?? []
  const heading = <>Rules {answer.isSuccess && <span className="faint count">{rules.length}</span>}</>
  return (
    <Page title="Rules" heading={heading} actions={<NewRule />}>
      {answer.isPending && <Loading what="rules" />}
      {answer.isError && <Failure error={answer.error} what="rules" onRetry={() => answer.refetch()} />}
      {answer.isSuccess && rules.length === 0 && (
        <Empty title="There is no rule">
          <p>Without rules nothing is judged, and no alert is raised. What is recorded is linked and kept all the same.</p>
        </Empty>
      )}
      {rules.length > 0 && (
        <>
          <p className="quiet">{pagingSaid(rules)}</p>
          <RuleTable rules={byUrgency(rules)} />
        </>
      )}
    </Page>
  )
}

function pagingSaid(rules: readonly RuleSummary[]): string {
  const on = rules.filter(({ isEnabled }) => isEnabled)
  const paging = on.filter(({ response }) => response === 'page')
  return `${plural(on.length, 'rule')} on; ${paging.length} of them ${paging.length === 1 ? 'pages' : 'page'} a person.`
}

function NewRule() {
  if (!useMay('respond')) return <DeniedAction label="New rule" right="respond" />
  return (
    <Link to="/rules/new" className="button primary">
      New rule
    </Link>
  )
}

function RuleTable({ rules }: { rules: readonly RuleSummary[] }) {
  return (
    <div className="table-scroll">
      <table className="table stacked rules-table" aria-label="Rules">
        <thead>
          <tr>
            <th scope="col">Rule</th>
            <th scope="col">Severity</th>
            <th scope="col">Response</th>
            <th scope="col">Looks at</th>
            <th scope="col">Techniques</th>
            <th scope="col" className="number">
              Alerts, 7 days
            </th>
            <th scope="col">State</th>
          </tr>
        </thead>
        <tbody>
          {rules.map((rule) => (
            <RuleRow key={rule.id} rule={rule} />
          ))}
        </tbody>
      </table>
    </div>
  )
}

function RuleRow({ rule }: { rule: RuleSummary }) {
  return (
    <tr className={rule.isEnabled ? undefined : 'off'}>
      <td className="at-what">
        <Link to="/rules/$ruleId" params={{ ruleId: rule.id }}>
          {rule.title}
        </Link>
        {rule.origin === 'tenant' && <span className="tag">own</span>}
      </td>
      <td className="at-severity">
        <SeverityMark value={rule.severity} />
      </td>
      <td className="at-response">
        <ResponseMark value={rule.response} />
      </td>
      <td className="at-of">
        <span className="quiet">
          {rule.kind === 'correlation' ? 'findings of other rules' : (LOOKED_AT[rule.category] ?? rule.category)}
        </span>
      </td>
      <td className="at-tags">
        <Techniques tags={rule.tags} limit={4} />
      </td>
      <td className="number at-count">
        {rule.alerts === 0 ? (
          <span className="faint">0</span>
        ) : (
          <Link to="/alerts" search={{ rule: rule.id, last: '7d' }} aria-label={`${plural(rule.alerts, 'alert')} of ${rule.title}`}>
            {rule.alerts}
          </Link>
        )}
      </td>
      <td className="at-state">{rule.isEnabled ? <State tone="good">on</State> : <State tone="quiet">off</State>}</td>
    </tr>
  )
}

/** What a category holds one of. */
const LOOKED_AT: Record<string, string> = { hop: 'each hop', hop_chain: 'each chain', event: 'each event' }
