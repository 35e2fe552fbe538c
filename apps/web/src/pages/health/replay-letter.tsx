import type { DeadLetterSummary, ReplayAnswer } from '@hoptrace/api'
import { useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { apiPath, postJson } from '../../api/client.ts'
import { shortId } from '../../format/identifier.ts'
import { DeniedAction } from '../../identity/denied-action.tsx'
import { useMay } from '../../identity/identity.tsx'
import { State } from '../../ui/state.tsx'

type Progress = { state: 'idle' | 'busy' } | { state: 'answered'; answer: ReplayAnswer } | { state: 'failed'; why: string }

/** Tries a dead letter again: after an upgrade, or once what was wrong is mended. Twice changes nothing. */
export function ReplayLetter({ letter }: { letter: Pick<DeadLetterSummary, 'id'> }) {
  const mayOperate = useMay('operate')
  const client = useQueryClient()
  const [progress, setProgress] = useState<Progress>({ state: 'idle' })
  if (!mayOperate) return <DeniedAction label="Replay" right="operate" />
  const replay = async () => {
    setProgress({ state: 'busy' })
    try {
      const answer = await postJson<ReplayAnswer>(apiPath(['dead-letters', letter.id, 'replay']), {})
      setProgress({ state: 'answered', answer })
      await client.invalidateQueries({ predicate: ({ queryKey }) => ['dead-letters', 'health'].includes(String(queryKey[0])) })
    } catch (error) {
      setProgress({ state: 'failed', why: error instanceof Error ? error.message : 'It could not be sent' })
    }
  }
  return (
    <span className="row" aria-live="polite">
      {progress.state === 'answered' && <Outcome answer={progress.answer} />}
      {progress.state === 'failed' && <State tone="bad">{progress.why}</State>}
      <button
        type="button"
        className="button small"
        disabled={progress.state === 'busy'}
        aria-label={`Replay dead letter ${shortId(letter.id)}`}
        onClick={() => void replay()}
      >
        {progress.state === 'busy' ? 'Replaying…' : 'Replay'}
      </button>
    </span>
  )
}

function Outcome({ answer }: { answer: ReplayAnswer }) {
  if (answer.outcome === 'not-understood') {
    return (
      <State tone="warn" title={answer.reason}>
        still not understood
      </State>
    )
  }
  return (
    <State tone={answer.outcome === 'stored' ? 'good' : 'accent'}>
      {answer.outcome}{' '}
      <Link to="/sessions/$sessionId/events/$seq" params={{ sessionId: answer.sessionId, seq: String(answer.seq) }}>
        {answer.type}
      </Link>
    </State>
  )
}
