import { type FormEvent, type ReactNode, useState } from 'react'
import { Button, Dialog, DialogTrigger, Heading, Modal, ModalOverlay } from 'react-aria-components'

type AskDialogProps = {
  trigger: ReactNode
  title: string
  /** What it asks for. Mounted when it opens, so that nothing of the last time is left. */
  children: (close: () => void) => ReactNode
}

/** A button that asks for something before it acts. */
export function AskDialog({ trigger, title, children }: AskDialogProps) {
  return (
    <DialogTrigger>
      <Button className="button">{trigger}</Button>
      <ModalOverlay className="overlay" isDismissable>
        <Modal className="modal">
          <Dialog className="dialog">
            {({ close }) => (
              <>
                <Heading slot="title">{title}</Heading>
                {children(close)}
              </>
            )}
          </Dialog>
        </Modal>
      </ModalOverlay>
    </DialogTrigger>
  )
}

type AskFormProps = {
  action: string
  isReady: boolean
  /** Resolves to what went wrong, or null. */
  onSubmit: () => Promise<string | null>
  close: () => void
  children: ReactNode
}

/** Fields, and what sends them. It stays open with the error when that fails. */
export function AskForm({ action, isReady, onSubmit, close, children }: AskFormProps) {
  const [problem, setProblem] = useState<string | null>(null)
  const [isBusy, setBusy] = useState(false)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (!isReady || isBusy) return
    setBusy(true)
    void onSubmit().then((failed) => {
      setBusy(false)
      setProblem(failed)
      if (failed === null) close()
    })
  }
  return (
    <form className="form" onSubmit={submit}>
      {children}
      {problem !== null && (
        <p role="alert" className="bad-text">
          {problem}
        </p>
      )}
      <p className="row end">
        <button type="button" className="button" onClick={close}>
          Cancel
        </button>
        <button type="submit" className="button primary" disabled={!isReady || isBusy}>
          {action}
        </button>
      </p>
    </form>
  )
}
