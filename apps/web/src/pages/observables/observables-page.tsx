import type { DigestAnswer } from '@hoptrace/api'
import { useMutation } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { type FormEvent, useState } from 'react'
import { apiPath, postJson } from '../../api/client.ts'
import { shortHash } from '../../format/identifier.ts'
import { plural } from '../../format/quantity.ts'
import { Instant } from '../../ui/instant.tsx'
import { Empty, Failure } from '../../ui/outcomes.tsx'
import { Page } from '../../ui/page.tsx'
import { State } from '../../ui/state.tsx'

/** "This token leaked": from a pasted value to who saw it and who used it. */
export function ObservablesPage() {
  const digest = useMutation({ mutationFn: (value: string) => postJson<DigestAnswer>(apiPath(['observables', 'digest']), { value }) })
  return (
    <Page title="Who saw a value, and who used it?">
      <PasteBox isBusy={digest.isPending} onPaste={(value) => digest.mutate(value)} />
      {digest.isError && <Failure error={digest.error} what="what the value is" />}
      {digest.isSuccess && <Found answer={digest.data} />}
    </Page>
  )
}

/** The value leaves the field as it is sent: nothing of it stays on the page, in the address or in the browser's history. */
function PasteBox({ isBusy, onPaste }: { isBusy: boolean; onPaste: (value: string) => void }) {
  const [value, setValue] = useState('')
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (value.trim() === '') return
    onPaste(value)
    setValue('')
  }
  return (
    <form className="paste" onSubmit={submit} autoComplete="off">
      <label htmlFor="pasted">A token, password, key, host name, address or URL</label>
      <textarea
        id="pasted"
        className="input area recorded"
        rows={3}
        maxLength={65_536}
        spellCheck={false}
        autoComplete="off"
        aria-describedby="pasted-note"
        value={value}
        onChange={(event) => setValue(event.target.value)}
      />
      <p id="pasted-note" className="quiet">
        Paste a secret: it is digested at the server and never stored. What was recorded is compared by digest alone.
      </p>
      <p>
        <button type="submit" className="button primary" disabled={value.trim() === '' || isBusy}>
          {isBusy ? 'Looking…' : 'Look for it'}
        </button>
      </p>
    </form>
  )
}

function Found({ answer }: { answer: DigestAnswer }) {
  const seen = answer.items.filter(({ sightings }) => sightings > 0)
  return (
    <section aria-label="Where it was seen" role="status">
      {!answer.hasKey && (
        <p className="notice warn-edge">
          This server does not hold every key that values were digested under: what is not found may have been seen all the same.
        </p>
      )}
      {seen.length === 0 && (
        <Empty title="Not seen in anything recorded">
          <p>
            No request and no answer held this value, as it stands or in its canonical forms. Answers are looked through to their first 256
            KiB.
          </p>
        </Empty>
      )}
      <ul className="lines found-values">
        {seen.map((item) => (
          <li key={`${item.kind}${item.digest}`} className="line">
            <State tone="warn">seen {plural(item.sightings, 'time')}</State>
            <Link to="/observables/$kind/$digest" params={{ kind: item.kind, digest: item.digest }} className="grow">
              as {item.kind} <code>{shortHash(item.digest)}</code>: who saw it, who used it
            </Link>
            {item.lastAt !== null && (
              <span className="quiet">
                last <Instant at={item.lastAt} />
              </span>
            )}
          </li>
        ))}
      </ul>
    </section>
  )
}
