import type { AlertActionRequest, AlertDetail, CloseReason } from '@hoptrace/api'
import { useState } from 'react'
import { DeniedAction } from '../../identity/denied-action.tsx'
import { useMay, useMe } from '../../identity/identity.tsx'
import { useKeys } from '../../shell/keys.ts'
import { AskDialog, AskForm } from '../../ui/ask-dialog.tsx'
import { Recorded } from '../../ui/recorded.tsx'
import { CloseDialog } from '../alerts/close-dialog.tsx'
import { type ActOutcome, useAlertAct } from '../alerts/use-alert-acts.ts'
import { SuppressAlert } from '../suppressions/suppress-alert.tsx'
import { doneIn } from './done-in.ts'

type Wanted = AlertActionRequest extends infer A ? (A extends { revision: number } ? Omit<A, 'revision'> : never) : never

/** Acts on the alert that is on the page, as it is on the page. */
export function useActOnThis(alert: AlertDetail) {
  const act = useAlertAct()
  const [outcome, setOutcome] = useState<ActOutcome>({ kind: 'done' })
  const actOnThis = async (wanted: Wanted): Promise<string | null> => {
    const came = await act(alert.id, { ...wanted, revision: alert.revision } as AlertActionRequest)
    setOutcome(came)
    return came.kind === 'failed' ? came.message : null
  }
  return { outcome, actOnThis }
}

type ActionsProps = { alert: AlertDetail; actOnThis: ReturnType<typeof useActOnThis>['actOnThis'] }

/** What a responder does with an alert. */
export function AlertActions({ alert, actOnThis }: ActionsProps) {
  return useMay('respond') ? <Actions alert={alert} actOnThis={actOnThis} /> : <DeniedAction label="Act on it" right="respond" />
}

function Actions({ alert, actOnThis }: ActionsProps) {
  const [isClosing, setClosing] = useState(false)
  const isClosed = alert.state === 'closed'
  const acknowledge = () => void actOnThis({ kind: 'acknowledge', note: '' })
  const close = (reason: CloseReason, note: string) => void actOnThis({ kind: 'close', reason, note })
  useKeys({ ...(alert.state === 'open' ? { a: acknowledge } : {}), ...(isClosed ? {} : { c: () => setClosing(true) }) })
  return (
    <>
      {alert.state === 'open' && (
        <button type="button" className="button primary" onClick={acknowledge}>
          Acknowledge
        </button>
      )}
      <Assign alert={alert} actOnThis={actOnThis} />
      <Note actOnThis={actOnThis} />
      {isClosed ? (
        <button type="button" className="button" onClick={() => void actOnThis({ kind: 'reopen', note: '' })}>
          Reopen
        </button>
      ) : (
        <button type="button" className="button" onClick={() => setClosing(true)}>
          Close…
        </button>
      )}
      <SuppressAlert alert={alert} />
      <CloseDialog count={1} isOpen={isClosing} onOpenChange={setClosing} onClose={close} />
    </>
  )
}

function Assign({ alert, actOnThis }: ActionsProps) {
  return (
    <AskDialog trigger={alert.assignee === null ? 'Assign…' : 'Reassign…'} title="Who looks after it?">
      {(close) => <AssignForm alert={alert} actOnThis={actOnThis} close={close} />}
    </AskDialog>
  )
}

function AssignForm({ alert, actOnThis, close }: ActionsProps & { close: () => void }) {
  const me = useMe()
  const [assignee, setAssignee] = useState(alert.assignee ?? me.name)
  const named = assignee.trim()
  return (
    <AskForm
      action={named === '' ? 'Give it to nobody' : 'Assign'}
      isReady={named !== (alert.assignee ?? '')}
      onSubmit={() => actOnThis({ kind: 'assign', assignee: named === '' ? null : named, note: '' })}
      close={close}
    >
      <label>
        Name; empty for nobody
        <input className="input" maxLength={256} value={assignee} onChange={(event) => setAssignee(event.target.value)} />
      </label>
    </AskForm>
  )
}

function Note({ actOnThis }: Pick<ActionsProps, 'actOnThis'>) {
  return (
    <AskDialog trigger="Note…" title="Note something">
      {(close) => <NoteForm actOnThis={actOnThis} close={close} />}
    </AskDialog>
  )
}

function NoteForm({ actOnThis, close }: Pick<ActionsProps, 'actOnThis'> & { close: () => void }) {
  const [note, setNote] = useState('')
  return (
    <AskForm action="Note it" isReady={note.trim() !== ''} onSubmit={() => actOnThis({ kind: 'note', note: note.trim() })} close={close}>
      <label>
        For whoever looks at it next
        <textarea className="input area" rows={4} maxLength={4096} value={note} onChange={(event) => setNote(event.target.value)} />
      </label>
    </AskForm>
  )
}

/** What became of the last act, where that needs to be said. */
export function ActOutcomeNotice({ outcome, alert }: { outcome: ActOutcome; alert: AlertDetail }) {
  if (outcome.kind === 'done') return null
  if (outcome.kind === 'failed') {
    return (
      <p className="notice bad-edge" role="alert">
        It was not done. {outcome.message}
      </p>
    )
  }
  const last = alert.history.at(-1)
  return (
    <p className="notice warn-edge" role="alert">
      Somebody else acted first, so nothing of yours was done.{' '}
      {last !== undefined && (
        <>
          <Recorded text={last.by} limit={60} /> {doneIn(last)}.{' '}
        </>
      )}
      The page shows the alert as it is now: act again if it is still right.
    </p>
  )
}
