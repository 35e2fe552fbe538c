import { useNavigate } from '@tanstack/react-router'
import { useMemo, useState } from 'react'
import { Button, Dialog, Heading, Modal, ModalOverlay } from 'react-aria-components'
import { useKeys } from './keys.ts'

const KEYS: readonly (readonly [string, string])[] = [
  ['?', 'These keys'],
  ['/', 'Search in what was recorded'],
  ['t', 'Triage'],
  ['s', 'Sessions'],
  ['c', 'Chains'],
  ['r', 'Runs'],
  ['j', 'Next hop, command, statement or request'],
  ['k', 'The one before'],
  ['Esc', 'Close the request that is open'],
  ['Space', 'Play or pause a terminal, or a chain'],
  ['[  ]', 'Previous or next command of a terminal'],
]

export function KeysHelp() {
  const [isOpen, setOpen] = useState(false)
  const navigate = useNavigate()
  const keys = useMemo(
    () => ({
      '?': () => setOpen(true),
      '/': () => void navigate({ to: '/search' }),
      t: () => void navigate({ to: '/' }),
      s: () => void navigate({ to: '/sessions' }),
      c: () => void navigate({ to: '/chains' }),
      r: () => void navigate({ to: '/runs' }),
    }),
    [navigate],
  )
  useKeys(keys)
  return (
    <>
      <button type="button" className="tool" aria-label="Keys" onClick={() => setOpen(true)}>
        ?
      </button>
      <ModalOverlay className="overlay" isDismissable isOpen={isOpen} onOpenChange={setOpen}>
        <Modal className="modal">
          <Dialog className="dialog">
            <Heading slot="title">Keys</Heading>
            <dl className="keys">
              {KEYS.map(([key, does]) => (
                <div key={key}>
                  <dt>
                    <kbd>{key}</kbd>
                  </dt>
                  <dd>{does}</dd>
                </div>
              ))}
            </dl>
            <p className="row end">
              <Button slot="close" className="button">
                Close
              </Button>
            </p>
          </Dialog>
        </Modal>
      </ModalOverlay>
    </>
  )
}
