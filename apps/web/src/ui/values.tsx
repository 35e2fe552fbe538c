import { useNavigate } from '@tanstack/react-router'
import { shortId } from '../format/identifier.ts'
import { Protocol, type ProtocolName } from './protocol.tsx'
import { Recorded } from './recorded.tsx'
import { Completeness, Outcome } from './state.tsx'
import { ValueMenu } from './value-menu.tsx'

/** Who: a name, or that it is not known. */
export function PrincipalValue({ principal, field = 'principal' }: { principal: string | null; field?: 'principal' | 'rootPrincipal' }) {
  const navigate = useNavigate()
  if (principal === null) return <span className="faint">unknown</span>
  return (
    <ValueMenu field={field} value={principal} goTo={() => navigate({ to: '/principals/$principal', params: { principal } })}>
      <Recorded text={principal} limit={120} />
    </ValueMenu>
  )
}

export function RunValue({ run }: { run: string | null }) {
  const navigate = useNavigate()
  if (run === null) return <span className="faint">none</span>
  return (
    <ValueMenu field="run" value={run} goTo={() => navigate({ to: '/runs/$runId', params: { runId: run } })}>
      <code title={run}>{shortId(run)}</code>
    </ValueMenu>
  )
}

export function ProtocolValue({ protocol }: { protocol: ProtocolName }) {
  return (
    <ValueMenu field="protocol" value={protocol}>
      <Protocol protocol={protocol} isNamed />
    </ValueMenu>
  )
}

export function TargetValue({ target, account }: { target: string; account: string | null }) {
  const navigate = useNavigate()
  return (
    <span className="target">
      {account !== null && (
        <>
          <ValueMenu field="account" value={account}>
            <Recorded text={account} limit={60} />
          </ValueMenu>
          <span className="faint">@</span>
        </>
      )}
      <ValueMenu field="target" value={target} goTo={() => navigate({ to: '/targets/$target', params: { target } })}>
        <strong>
          <Recorded text={target} limit={80} />
        </strong>
      </ValueMenu>
    </span>
  )
}

export function SourceValue({ address, port }: { address: string | null; port: number | null }) {
  if (address === null) return <span className="faint">unknown</span>
  return (
    <ValueMenu field="source" value={address}>
      <code>
        {address}
        {port !== null && <span className="faint">:{port}</span>}
      </code>
    </ValueMenu>
  )
}

export function OutcomeValue({ outcome }: { outcome: string }) {
  return (
    <ValueMenu field="outcome" value={outcome}>
      <Outcome value={outcome} />
    </ValueMenu>
  )
}

export function CompletenessValue({ completeness }: { completeness: 'complete' | 'unfinished' | 'gap' | 'conflict' }) {
  return (
    <ValueMenu field="completeness" value={completeness}>
      <Completeness value={completeness} />
    </ValueMenu>
  )
}
