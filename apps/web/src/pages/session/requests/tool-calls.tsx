import type { SessionDetail, ToolDetail } from '@hoptrace/api'
import { Link } from '@tanstack/react-router'
import { formatDuration } from '../../../format/duration.ts'
import { formatBytes } from '../../../format/quantity.ts'
import { plainRecorded } from '../../../format/recorded.ts'
import { Recorded } from '../../../ui/recorded.tsx'
import { State } from '../../../ui/state.tsx'
import { TextView } from './body-view.tsx'

/** Tools that an agent called: by name, with what they were told and what they answered. */
export function ToolCalls({ session, tools }: { session: SessionDetail; tools: readonly ToolDetail[] }) {
  return tools.map((tool) => <ToolCall key={tool.seq} session={session} tool={tool} />)
}

function ToolCall({ session, tool }: { session: SessionDetail; tool: ToolDetail }) {
  const { body, result } = tool
  const name = plainRecorded(body.name, 80)
  return (
    <section className="tool-call" aria-label={`Tool ${name}`}>
      <p className="row detail-line">
        <span className="tool-name">
          <Recorded text={body.name} limit={120} />
        </span>
        <ToolState result={result} />
        <span className="faint">
          {body.protocol.toUpperCase()}
          {result !== null && ` · ${formatDuration(result.body.durationUs)}`}
          {' · '}
          <Link to="/sessions/$sessionId/events/$seq" params={{ sessionId: session.id, seq: String(tool.seq) }}>
            proof of seq {tool.seq}
          </Link>
        </span>
      </p>
      <h3>Arguments</h3>
      <Cut truncated={body.truncated} />
      <TextView text={body.arguments} label={`arguments of ${name}`} />
      {result !== null && (
        <>
          <h3>{result.body.isError ? 'Error' : 'Result'}</h3>
          <Cut truncated={result.body.truncated} />
          <TextView text={result.body.result} label={`result of ${name}`} />
        </>
      )}
    </section>
  )
}

function ToolState({ result }: { result: ToolDetail['result'] }) {
  if (result === null) return <State tone="warn">no result</State>
  return result.body.isError ? <State tone="bad">failed</State> : <State tone="good">answered</State>
}

function Cut({ truncated }: { truncated: { kept: number; total: number } | undefined }) {
  if (truncated === undefined) return null
  return (
    <p className="warn-text detail-line">
      the first {formatBytes(truncated.kept)} of {formatBytes(truncated.total)}
    </p>
  )
}
