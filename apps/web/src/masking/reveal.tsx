import { Button, Dialog, DialogTrigger, Heading, Modal, ModalOverlay } from 'react-aria-components'
import { useMe } from '../identity/identity.tsx'
import { Recorded } from '../ui/recorded.tsx'

/** Asks first: what was seen cannot be unseen, and the access log keeps that it was. */
export function Reveal({ what, onReveal }: { what: string; onReveal: () => void }) {
  const { name } = useMe()
  return (
    <DialogTrigger>
      <Button className="button small">Reveal…</Button>
      <ModalOverlay className="overlay" isDismissable>
        <Modal className="modal">
          <Dialog role="alertdialog" className="dialog">
            {({ close }) => (
              <>
                <Heading slot="title">Reveal the secrets in {what}?</Heading>
                <p className="who">
                  They appear as they were recorded: passwords, keys and tokens. The access log will say that{' '}
                  <Recorded text={name} limit={80} /> revealed them, and when.
                </p>
                <p className="row end">
                  <Button className="button" onPress={close} autoFocus>
                    Keep them masked
                  </Button>
                  <Button
                    className="button primary"
                    onPress={() => {
                      close()
                      onReveal()
                    }}
                  >
                    Reveal, and record it
                  </Button>
                </p>
              </>
            )}
          </Dialog>
        </Modal>
      </ModalOverlay>
    </DialogTrigger>
  )
}
