import type { RuleDetail } from '@hoptrace/api'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi, useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import * as queries from '../../api/queries.ts'
import { randomUuid } from '../../format/identifier.ts'
import { Failure, Loading } from '../../ui/outcomes.tsx'
import { Page } from '../../ui/page.tsx'
import { TEMPLATE } from './draft.ts'
import { ownCopy } from './own-copy.ts'
import { RuleEditor } from './rule-editor.tsx'

const route = getRouteApi('/rules/new')

/** A rule of one's own, from nothing or from another. */
export function NewRulePage() {
  const { from } = route.useSearch()
  const answer = useQuery({ ...queries.rule(from ?? ''), enabled: from !== undefined })
  const isWaiting = from !== undefined && answer.isPending
  return (
    <Page title="New rule">
      <p className="quiet">
        Sigma 2.1 as YAML, over <code>hop</code>, <code>hop_chain</code> and <code>event</code>. Correlations may stand in the same text.
      </p>
      {isWaiting && <Loading what="the rule" />}
      {answer.isError && <Failure error={answer.error} what="rule" onRetry={() => answer.refetch()} />}
      {!isWaiting && !answer.isError && <NewRule key={from} from={answer.data} />}
    </Page>
  )
}

/** It begins in the queue: paging is earned by a backtest. */
function NewRule({ from }: { from: RuleDetail | undefined }) {
  const navigate = useNavigate()
  const [text] = useState(() => ownCopy(from?.text ?? TEMPLATE, randomUuid))
  return (
    <RuleEditor
      rule={null}
      initial={{ text, response: 'queue', isEnabled: true }}
      onSaved={({ id }) => void navigate({ to: '/rules/$ruleId', params: { ruleId: id } })}
    />
  )
}
