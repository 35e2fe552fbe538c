import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { randomUuid } from '../../format/identifier.ts'
import { Page } from '../../ui/page.tsx'
import { TEMPLATE } from './draft.ts'
import { RuleEditor } from './rule-editor.tsx'

/** A rule of one's own. It begins in the queue: paging is earned by a backtest. */
export function NewRulePage() {
  const navigate = useNavigate()
  const [text] = useState(() => TEMPLATE.replace('ID', randomUuid()))
  return (
    <Page title="New rule">
      <p className="quiet">
        Sigma 2.1 as YAML, over <code>hop</code>, <code>hop_chain</code> and <code>event</code>. Correlations may stand in the same text.
      </p>
      <RuleEditor
        rule={null}
        initial={{ text, response: 'queue', isEnabled: true }}
        onSaved={({ id }) => void navigate({ to: '/rules/$ruleId', params: { ruleId: id } })}
      />
    </Page>
  )
}
