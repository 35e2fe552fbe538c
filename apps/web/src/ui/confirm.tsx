import { type ReactNode, useState } from 'react'
import { Button, Dialog, DialogTrigger, Heading, Input, Label, Modal, ModalOverlay, TextField } from 'react-aria-components'

type ConfirmProps = {
  trigger: string
  triggerLabel?: string
  title: string
  children: ReactNode
  /** What is asked for beside the consent, and what happens with it. */
  reasonLabel: string
  action: string
  onConfirm: (reason: string) => Promise<unknown>
}

/** A button for what cannot be undone: it asks first, and stays open with the error when the act fails. */
export function Confirm({ trigger, triggerLabel, ...rest }: ConfirmProps) {
  return (
    <DialogTrigger>
      <Button className="button small danger" aria-label={triggerLabel ?? trigger}>
        {trigger}
      </Button>
      <ModalOverlay className="overlay" isDismissable>
        <Modal className="modal">
          <Dialog role="alertdialog" className="dialog">
            {({ close }) => <ConfirmForm {...rest} close={close} />}
          </Dialog>
        </Modal>
      </ModalOverlay>
    </DialogTrigger>
  )
}

function ConfirmForm({ title, children, reasonLabel, action, onConfirm, close }: Omit<ConfirmProps, 'trigger'> & { close: () => void }) {
  const [reason, setReason] = useState('')
  const [problem, setProblem] = useState<string | null>(null)
  const [isBusy, setBusy] = useState(false)
  const confirm = () => {
    setBusy(true)
    onConfirm(reason.trim())
      .then(close)
      .catch((error: Error) => {
        setProblem(error.message)
        setBusy(false)
      })
  }
  return (
    <>
      <Heading slot="title">{title}</Heading>
      {children}
      <TextField value={reason} onChange={setReason} autoFocus isRequired>
        <Label>{reasonLabel}</Label>
        <Input className="input" maxLength={1024} />
      </TextField>
      {problem !== null && (
        <p role="alert" className="bad-text">
          {problem}
        </p>
      )}
      <p className="row end">
        <Button className="button" onPress={close}>
          Keep it
        </Button>
        <Button className="button danger solid" isDisabled={reason.trim() === '' || isBusy} onPress={confirm}>
          {action}
        </Button>
      </p>
    </>
  )
}
