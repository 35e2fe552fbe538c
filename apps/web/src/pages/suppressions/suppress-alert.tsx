import type { AlertSummary, Suppression } from '@hoptrace/api'
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { apiPath, postJson } from '../../api/client.ts'
import { useMe } from '../../identity/identity.tsx'
import { AskDialog, AskForm } from '../../ui/ask-dialog.tsx'
import { Recorded } from '../../ui/recorded.tsx'
import { daysAfter, expiries } from './expiries.ts'

/** Nobody is told of alerts like this one, for a while, on somebody's word. */
export function SuppressAlert({ alert }: { alert: AlertSummary }) {
  return (
    <AskDialog trigger="Suppress…" title="Tell nobody of alerts like this one?">
      {(close) => <SuppressForm alert={alert} close={close} />}
    </AskDialog>
  )
}

function SuppressForm({ alert, close }: { alert: AlertSummary; close: () => void }) {
  const client = useQueryClient()
  const me = useMe()
  const [rule, setRule] = useState(alert.rules[0]?.id ?? '')
  const [principal, setPrincipal] = useState(alert.principal ?? '')
  const [target, setTarget] = useState('')
  const [reason, setReason] = useState('')
  const [owner, setOwner] = useState(me.name)
  const [days, setDays] = useState<number>(7)
  const isNarrow = rule !== '' || principal !== '' || target !== ''
  const orNull = (value: string) => (value === '' ? null : value)
  const suppress = async () => {
    const wanted = { rule: orNull(rule), principal: orNull(principal), target: orNull(target), reason: reason.trim(), owner: owner.trim() }
    try {
      await postJson<Suppression>(apiPath(['suppressions']), { ...wanted, until: daysAfter(Date.now(), days) })
    } catch (error) {
      return error instanceof Error ? error.message : 'The request failed'
    }
    await client.invalidateQueries({ predicate: ({ queryKey }) => ['alerts', 'triage', 'suppressions'].includes(String(queryKey[0])) })
    return null
  }
  const isReady = isNarrow && reason.trim() !== '' && owner.trim() !== ''
  return (
    <AskForm action="Suppress" isReady={isReady} onSubmit={suppress} close={close}>
      <p className="quiet">
        Alerts that fit all of this are kept and shown, each with this reason on it; nobody is told of them until it ends.
      </p>
      <Choice label="Rule" value={rule} onChange={setRule} values={alert.rules.map(({ id, title }) => [id, title])} />
      <Choice
        label="Principal"
        value={principal}
        onChange={setPrincipal}
        values={alert.principal === null ? [] : [[alert.principal, alert.principal]]}
      />
      <Choice label="Target" value={target} onChange={setTarget} values={alert.targets.map((name) => [name, name])} />
      {!isNarrow && <p className="bad-text">Name a rule, a principal or a target.</p>}
      <label>
        Reason, for the record
        <input className="input" maxLength={1024} value={reason} onChange={(event) => setReason(event.target.value)} />
      </label>
      <label>
        Owner: who answers for it
        <input className="input" maxLength={256} value={owner} onChange={(event) => setOwner(event.target.value)} />
      </label>
      <label>
        Ends after
        <select className="input" value={days} onChange={(event) => setDays(Number(event.target.value))}>
          {expiries.map((expiry) => (
            <option key={expiry.days} value={expiry.days}>
              {expiry.name}
            </option>
          ))}
        </select>
      </label>
      {target !== '' && (
        <p className="faint">
          Only where nothing but <Recorded text={target} limit={80} /> is reached.
        </p>
      )}
    </AskForm>
  )
}

type ChoiceProps = {
  label: string
  value: string
  onChange: (value: string) => void
  values: readonly (readonly [value: string, name: string])[]
}

function Choice({ label, value, onChange, values }: ChoiceProps) {
  if (values.length === 0) return null
  return (
    <label>
      {label}
      <select className="input" value={value} onChange={(event) => onChange(event.target.value)}>
        <option value="">any</option>
        {values.map(([each, name]) => (
          <option key={each} value={each}>
            {name}
          </option>
        ))}
      </select>
    </label>
  )
}
