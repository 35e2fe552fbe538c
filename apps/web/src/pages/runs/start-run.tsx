import type { StartedRun } from '@hoptrace/api'
import { useState } from 'react'
import { Button, Dialog, DialogTrigger, Heading, Modal, ModalOverlay } from 'react-aria-components'
import { DeniedAction } from '../../identity/denied-action.tsx'
import { useMay } from '../../identity/identity.tsx'
import { StartRunForm } from './start-run-form.tsx'
import { StartedRunPanel } from './started-run-panel.tsx'

/** Starts a root run. What opens stays open until it is closed on purpose: it shows the token, once. */
export function StartRun() {
  if (!useMay('operate')) return <DeniedAction label="Start a run" right="operate" />
  return (
    <DialogTrigger>
      <Button className="button primary">Start a run</Button>
      <ModalOverlay className="overlay">
        <Modal className="modal wide">
          <Dialog className="dialog">{({ close }) => <StartRunSteps close={close} />}</Dialog>
        </Modal>
      </ModalOverlay>
    </DialogTrigger>
  )
}

function StartRunSteps({ close }: { close: () => void }) {
  const [started, setStarted] = useState<StartedRun | null>(null)
  return (
    <>
      <Heading slot="title">{started === null ? 'Start a run' : 'The run has started'}</Heading>
      {started === null ? <StartRunForm onStarted={setStarted} onCancel={close} /> : <StartedRunPanel started={started} onClose={close} />}
    </>
  )
}
