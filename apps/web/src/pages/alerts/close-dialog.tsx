import type { CloseReason } from '@hoptrace/api'
import { type FormEvent, useState } from 'react'
import { Dialog, Heading, Modal, ModalOverlay } from 'react-aria-components'
import { plural } from '../../format/quantity.ts'
import { closeReasonNames, closeReasons } from './close-reasons.ts'

type CloseDialogProps = {
  /** How many alerts are closed with it. */
  count: number
  isOpen: boolean
  onOpenChange: (isOpen: boolean) => void
  onClose: (reason: CloseReason, note: string) => void
}

/** Asks why. Without a reason nothing is closed: reasons are what rules are tuned by. */
export function CloseDialog({ count, isOpen, onOpenChange, onClose }: CloseDialogProps) {
  return (
    <ModalOverlay className="overlay" isDismissable isOpen={isOpen} onOpenChange={onOpenChange}>
      <Modal className="modal">
        <Dialog className="dialog">
          <Heading slot="title">{count === 1 ? 'Close this alert?' : `Close ${plural(count, 'alert')}?`}</Heading>
          <CloseForm
            onCancel={() => onOpenChange(false)}
            onClose={(reason, note) => {
              onOpenChange(false)
              onClose(reason, note)
            }}
          />
        </Dialog>
      </Modal>
    </ModalOverlay>
  )
}

function CloseForm({ onCancel, onClose }: { onCancel: () => void; onClose: CloseDialogProps['onClose'] }) {
  const [reason, setReason] = useState<CloseReason | null>(null)
  const [note, setNote] = useState('')
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (reason !== null) onClose(reason, note.trim())
  }
  return (
    <form className="form" onSubmit={submit}>
      <fieldset className="choices">
        <legend>Reason</legend>
        {closeReasonNames.map((name, index) => (
          <label key={name} className="option">
            <input
              type="radio"
              name="reason"
              value={name}
              checked={reason === name}
              // biome-ignore lint/a11y/noAutofocus: a dialog that was opened by a key must take the next one
              autoFocus={index === 0}
              onChange={() => setReason(name)}
            />
            <span>
              {closeReasons[name].word}
              <span className="faint"> {closeReasons[name].means}</span>
            </span>
          </label>
        ))}
      </fieldset>
      <label>
        Note, for the record
        <input className="input" maxLength={4096} value={note} onChange={(event) => setNote(event.target.value)} />
      </label>
      <p className="row end">
        <button type="button" className="button" onClick={onCancel}>
          Keep it open
        </button>
        <button type="submit" className="button primary" disabled={reason === null}>
          Close with this reason
        </button>
      </p>
    </form>
  )
}
