import type { SessionDetail } from '@hoptrace/api'
import { Link } from '@tanstack/react-router'
import { formatDuration } from '../../format/duration.ts'
import { shortId } from '../../format/identifier.ts'
import { plural } from '../../format/quantity.ts'
import { Instant } from '../../ui/instant.tsx'
import { Fact, Facts } from '../../ui/page.tsx'
import { Recorded } from '../../ui/recorded.tsx'
import { CompletenessValue, OutcomeValue, PrincipalValue, RunValue, SourceValue, TargetValue } from '../../ui/values.tsx'

/** Who reached what, from where, for whom, and how whole the recording is. */
export function SessionFacts({ session }: { session: SessionDetail }) {
  return (
    <>
      <Facts>
        <Fact label="Principal">
          <PrincipalValue principal={session.principal} />
          {session.agent !== null && (
            <span className="faint">
              {' '}
              <Recorded text={`${session.agent.template} ${session.agent.version}`} limit={80} />
            </span>
          )}
        </Fact>
        <Fact label="On behalf of">
          <PrincipalValue principal={session.rootPrincipal} field="rootPrincipal" />
        </Fact>
        <Fact label="Started">
          <Instant at={session.startedAt} />
        </Fact>
        <Fact label="Recording">
          <CompletenessValue completeness={session.completeness} />
        </Fact>
        <Fact label="Agent run">
          <RunValue run={session.run} />
          {session.lineage.length > 0 && <span className="faint"> delegated, depth {session.lineage.length}</span>}
        </Fact>
        <Fact label="Target">
          <TargetValue target={session.target.name} account={session.target.account} />
          {session.database !== null && (
            <span className="faint">
              {' '}
              / <Recorded text={session.database} limit={60} />
            </span>
          )}
        </Fact>
        <Fact label="Source">
          <SourceValue address={session.source.address} port={session.source.port} />
          {session.source.client !== null && (
            <span className="faint">
              {' '}
              <Recorded text={session.source.client} limit={60} />
            </span>
          )}
        </Fact>
        <Fact label="Duration">{formatDuration(session.durationMs * 1000)}</Fact>
        <Fact label="Outcome">
          <OutcomeValue outcome={session.outcome} />
          {session.endMessage !== null && (
            <span className="faint">
              {' '}
              <Recorded text={session.endMessage} limit={120} />
            </span>
          )}
        </Fact>
        <Fact label="Hop chains">
          {session.chains.length === 0 ? <span className="faint">in none</span> : <ChainLinks ids={session.chains} />}
        </Fact>
        {session.task !== null && (
          <Fact label="Task" isWide>
            <Recorded text={session.task} limit={200} />
          </Fact>
        )}
        {session.imported !== null && (
          <Fact label="Imported from" isWide>
            <Recorded text={session.imported.file} limit={120} />
          </Fact>
        )}
      </Facts>
      <GapNotice session={session} />
    </>
  )
}

function ChainLinks({ ids }: { ids: readonly string[] }) {
  return ids.map((id) => (
    <Link key={id} to="/chains/$chainId" params={{ chainId: id }} className="chain-link">
      {shortId(id)}
    </Link>
  ))
}

/** What this recording lacks, said before anybody concludes something from it. */
function GapNotice({ session }: { session: SessionDetail }) {
  const { missing, conflicts, declared } = session.gaps
  if (missing.length + conflicts.length + declared.length === 0) return null
  return (
    <div className={`notice gap-notice ${conflicts.length > 0 ? 'bad-edge' : 'warn-edge'}`} role="note">
      <h3>This recording is not whole</h3>
      <ul className="plain-list">
        {missing.map(([from, to]) => (
          <li key={from}>
            {plural(to - from + 1, 'event')} missing: seq {from === to ? from : `${from} to ${to}`}
          </li>
        ))}
        {declared.map((gap) => (
          <li key={gap.seq}>
            <ProofLink sessionId={session.id} seq={gap.seq} /> {gap.reason}: <Recorded text={gap.message} limit={200} />
          </li>
        ))}
        {conflicts.map((seq) => (
          <li key={seq}>
            <ProofLink sessionId={session.id} seq={seq} /> two contents, or a hash that does not chain
          </li>
        ))}
      </ul>
    </div>
  )
}

function ProofLink({ sessionId, seq }: { sessionId: string; seq: number }) {
  return (
    <Link to="/sessions/$sessionId/events/$seq" params={{ sessionId, seq: String(seq) }}>
      seq {seq}
    </Link>
  )
}
