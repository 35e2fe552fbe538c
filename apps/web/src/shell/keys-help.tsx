import { useNavigate } from '@tanstack/react-router'
import { useMemo, useState } from 'react'
import { Button, Dialog, Heading, Modal, ModalOverlay } from 'react-aria-components'
import { useKeys } from './keys.ts'

const KEYS: readonly (readonly [string, string])[] = [
  ['?', 'These keys'],
  ['/', 'Search in what was recorded'],
  ['t', 'Triage'],
  ['q', 'Alerts: the queue'],
  ['s', 'Sessions'],
  ['c', 'Chains, except where alerts are'],
  ['r', 'Runs'],
  ['u', 'Rules'],
  ['o', 'Who saw a value, who used it'],
  ['j  ↓', 'Next alert, hop, command, statement or request'],
  ['k  ↑', 'The one before'],
  ['Enter', 'Open the alert'],
  ['a', 'Acknowledge the alert, or those selected'],
  ['c', 'Close the alert, or those selected, with a reason'],
  ['x', 'Select the alert, or no longer'],
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
      q: () => void navigate({ to: '/alerts' }),
      s: () => void navigate({ to: '/sessions' }),
      c: () => void navigate({ to: '/chains' }),
      r: () => void navigate({ to: '/runs' }),
      u: () => void navigate({ to: '/rules' }),
      o: () => void navigate({ to: '/observables' }),
    }),
    [navigate],
  )
  useKeys(keys, 'shell')
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
                <div key={`${key}${does}`}>
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
