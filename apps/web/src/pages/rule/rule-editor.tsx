import type { AlertResponse, RuleDetail, SaveRuleRequest } from '@hoptrace/api'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { apiPath, putJson } from '../../api/client.ts'
import { ApiProblem } from '../../api/problem.ts'
import { DeniedAction } from '../../identity/denied-action.tsx'
import { useMay } from '../../identity/identity.tsx'
import { Section } from '../../ui/page.tsx'
import { responses } from '../../ui/severity.tsx'
import { BacktestPanel } from './backtest-panel.tsx'
import { type Draft, hindrance, type Looked, needsBacktest } from './draft.ts'
import { RuleText } from './rule-text.tsx'
import { useRuleCheck } from './use-rule-check.ts'

type RuleEditorProps = {
  /** Null for a new one. */
  rule: RuleDetail | null
  initial: Draft
  onSaved: (rule: RuleDetail) => void
}

/** Text, whom it tells, what it would have raised; and only then the saving of it. */
export function RuleEditor({ rule, initial, onSaved }: RuleEditorProps) {
  const [draft, setDraft] = useState(initial)
  const [looked, setLooked] = useState<Looked | null>(null)
  const { checked, problem } = useRuleCheck(draft.text)
  const mayRespond = useMay('respond')
  const save = useSaveRule(rule, onSaved)
  const hindered = hindrance(draft, rule, checked, looked)
  // A file of rules goes by the id of its first.
  const id = rule?.id ?? checked?.rules[0]?.id
  // What Hoptrace ships is switched, not rewritten: its next version would take the change away.
  const isFixed = rule?.origin === 'shipped'
  const submit = () => {
    if (id === undefined) return
    const backtest = needsBacktest(draft, rule) && looked !== null ? { backtest: looked.backtest.digest } : {}
    const text = draft.text === rule?.text ? {} : { text: draft.text }
    save.mutate({
      id,
      request: { ...text, response: draft.response, isEnabled: draft.isEnabled, revision: rule?.revision ?? null, ...backtest },
    })
  }
  return (
    <>
      <Section title="Text" aside={isFixed ? <CopyOfIt id={rule.id} /> : undefined}>
        <RuleText
          text={draft.text}
          onChange={isFixed || !mayRespond ? null : (text) => setDraft({ ...draft, text })}
          checked={checked}
          problem={problem}
        />
      </Section>
      <div className="rule-save">
        {mayRespond ? (
          <>
            <ResponseChoice value={draft.response} onChange={(response) => setDraft({ ...draft, response })} />
            <label className="choice">
              <input
                type="checkbox"
                checked={draft.isEnabled}
                onChange={(event) => setDraft({ ...draft, isEnabled: event.target.checked })}
              />
              On
            </label>
            <button type="button" className="button primary" disabled={hindered !== null || save.isPending} onClick={submit}>
              {rule === null ? 'Save the rule' : 'Save'}
            </button>
            <span className="quiet" role="status">
              {save.isPending ? 'Saving…' : hindered}
            </span>
          </>
        ) : (
          <DeniedAction label="Change it" right="respond" />
        )}
      </div>
      {save.isError && <SaveProblem error={save.error} />}
      <BacktestPanel
        text={draft.text}
        response={draft.response}
        canRun={checked !== undefined && checked.faults.length === 0 && checked.rules.length > 0}
        looked={looked}
        onLooked={setLooked}
      />
    </>
  )
}

function CopyOfIt({ id }: { id: string }) {
  return (
    <>
      Shipped with Hoptrace: it can be switched here.{' '}
      <Link to="/rules/new" search={{ from: id }}>
        Copy it into a rule of your own
      </Link>
    </>
  )
}

function ResponseChoice({ value, onChange }: { value: AlertResponse; onChange: (value: AlertResponse) => void }) {
  return (
    <label className="choice">
      <span className="faint">Response</span>
      <select className="input" value={value} onChange={(event) => onChange(event.target.value as AlertResponse)}>
        {(Object.keys(responses) as AlertResponse[]).map((response) => (
          <option key={response} value={response}>
            {response}: {responses[response].means.toLowerCase()}
          </option>
        ))}
      </select>
    </label>
  )
}

function useSaveRule(rule: RuleDetail | null, onSaved: (rule: RuleDetail) => void) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: ({ id, request }: { id: string; request: SaveRuleRequest }) => putJson<RuleDetail>(apiPath(['rules', id]), request),
    onSuccess: onSaved,
    onSettled: () => client.invalidateQueries({ queryKey: ['rules'] }),
    mutationKey: ['save-rule', rule?.id ?? 'new'],
  })
}

function SaveProblem({ error }: { error: Error }) {
  const problem = error instanceof ApiProblem ? error.problem : null
  const isOvertaken = problem?.status === 409 && problem.code === 'CONFLICT'
  return (
    <div className="notice bad-edge" role="alert">
      <p>
        {isOvertaken
          ? 'Somebody else changed this rule since you opened it, so nothing of yours was saved. Copy your text, open the page again and compare.'
          : error.message}
      </p>
      {(problem?.faults?.length ?? 0) > 0 && (
        <ul className="plain-list">
          {problem?.faults?.map(({ line, column, message }) => (
            <li key={`${line}:${column}:${message}`}>
              line {line}, column {column}: {message}
            </li>
          ))}
        </ul>
      )}
    </div>
  )
}
