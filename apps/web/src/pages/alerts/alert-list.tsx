import type { AlertSummary, CloseReason } from '@hoptrace/api'
import { useNavigate } from '@tanstack/react-router'
import { useEffect, useRef, useState } from 'react'
import { plural } from '../../format/quantity.ts'
import { plainRecorded } from '../../format/recorded.ts'
import { DeniedAction } from '../../identity/denied-action.tsx'
import { useMay } from '../../identity/identity.tsx'
import { useKeys } from '../../shell/keys.ts'
import { AlertLine } from './alert-line.tsx'
import { CloseDialog } from './close-dialog.tsx'
import { outcomeSaid } from './outcome-said.ts'
import { type ActOutcome, useAlertAct } from './use-alert-acts.ts'

/** Alerts by keyboard: j and k move, Enter opens, x selects, a acknowledges and c closes what is selected, else the one that is current. */
export function AlertList({ alerts }: { alerts: readonly AlertSummary[] }) {
  const list = useRef<HTMLOListElement>(null)
  const navigate = useNavigate()
  const [current, setCurrent] = useState<string | null>(null)
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set())
  const [isClosing, setClosing] = useState(false)
  const { said, actOnAll } = useActOnAll(() => setSelected(new Set()))
  const mayRespond = useMay('respond')

  const at = alerts.findIndex(({ id }) => id === current)
  const chosen = alerts.filter(({ id }) => selected.has(id))
  const meant = chosen.length > 0 ? chosen : alerts.filter(({ id }) => id === current)
  const step = (by: number) => {
    const next = alerts[at === -1 ? 0 : Math.min(alerts.length - 1, Math.max(0, at + by))]
    if (next !== undefined) setCurrent(next.id)
  }
  const toggle = (id: string) => {
    const next = new Set(selected)
    if (!next.delete(id)) next.add(id)
    setSelected(next)
  }
  const acknowledge = () =>
    void actOnAll(
      meant.filter(({ state }) => state === 'open'),
      acknowledged,
    )
  const close = () => meant.length > 0 && setClosing(true)
  useFocusOn(list, current)
  useKeys({
    j: () => step(1),
    ArrowDown: () => step(1),
    k: () => step(-1),
    ArrowUp: () => step(-1),
    Enter: () => current !== null && void navigate({ to: '/alerts/$alertId', params: { alertId: current } }),
    x: () => current !== null && toggle(current),
    ...(mayRespond ? { a: acknowledge, c: close } : {}),
  })
  return (
    <>
      <AlertTools said={said} count={meant.length} isChosen={chosen.length > 0} onAcknowledge={acknowledge} onClose={close} />
      <ol ref={list} className="alert-list" aria-label="Alerts">
        {alerts.map((alert) => (
          <li
            key={alert.id}
            data-alert={alert.id}
            aria-current={alert.id === current ? 'true' : undefined}
            className={alert.id === current ? 'selected' : undefined}
            onFocus={() => setCurrent(alert.id)}
          >
            <input
              type="checkbox"
              aria-label={`Select: ${plainRecorded(alert.sentence, 80)}`}
              checked={selected.has(alert.id)}
              onChange={() => toggle(alert.id)}
            />
            <AlertLine alert={alert} />
          </li>
        ))}
      </ol>
      <CloseDialog
        count={meant.length}
        isOpen={isClosing}
        onOpenChange={setClosing}
        onClose={(reason, note) =>
          void actOnAll(
            meant.filter(({ state }) => state !== 'closed'),
            closed(reason, note),
          )
        }
      />
    </>
  )
}

type Act = Parameters<ReturnType<typeof useAlertAct>>[1]
const acknowledged = ({ revision }: AlertSummary): Act => ({ kind: 'acknowledge', revision, note: '' })
const closed =
  (reason: CloseReason, note: string) =>
  ({ revision }: AlertSummary): Act => ({ kind: 'close', revision, reason, note })

/** Does the same to each, one after the other, and says what came of it. */
function useActOnAll(onDone: () => void) {
  const act = useAlertAct()
  const [said, setSaid] = useState('')
  const actOnAll = async (alerts: readonly AlertSummary[], action: (alert: AlertSummary) => Act) => {
    const outcomes: ActOutcome[] = []
    for (const alert of alerts) outcomes.push(await act(alert.id, action(alert)))
    setSaid(outcomeSaid(outcomes))
    onDone()
  }
  return { said, actOnAll }
}

function useFocusOn(list: React.RefObject<HTMLElement | null>, id: string | null): void {
  useEffect(() => {
    if (id === null) return
    const item = [...(list.current?.children ?? [])].find((child) => child instanceof HTMLElement && child.dataset.alert === id)
    if (item === undefined || item.contains(document.activeElement)) return
    item.querySelector('a')?.focus()
    item.scrollIntoView({ block: 'nearest' })
  }, [list, id])
}

type AlertToolsProps = { said: string; count: number; isChosen: boolean; onAcknowledge: () => void; onClose: () => void }

function AlertTools({ said, count, isChosen, onAcknowledge, onClose }: AlertToolsProps) {
  const what = isChosen ? plural(count, 'alert') : 'the current alert'
  return (
    <div className="alert-tools">
      {useMay('respond') ? (
        <>
          <button type="button" className="button small" disabled={count === 0} aria-label={`Acknowledge ${what}`} onClick={onAcknowledge}>
            Acknowledge <kbd>a</kbd>
          </button>
          <button type="button" className="button small" disabled={count === 0} aria-label={`Close ${what}`} onClick={onClose}>
            Close… <kbd>c</kbd>
          </button>
        </>
      ) : (
        <DeniedAction label="Acknowledge, close" right="respond" />
      )}
      <span className="faint">{isChosen ? `${plural(count, 'alert')} selected` : 'j and k move, x selects, Enter opens'}</span>
      <span role="status" className="quiet">
        {said}
      </span>
    </div>
  )
}
