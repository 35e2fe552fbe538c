import type { StartRunRequest, TargetInfo } from '@hoptrace/api'
import { Protocol } from '../../ui/protocol.tsx'
import { Recorded } from '../../ui/recorded.tsx'

type Grants = StartRunRequest['grants']
type GrantChoiceProps = { targets: readonly TargetInfo[]; grants: Grants; onChange: (grants: Grants) => void }

/** What a run may reach, out of what the gateway offers. */
export function GrantChoice({ targets, grants, onChange }: GrantChoiceProps) {
  const others = (target: TargetInfo) => grants.filter(({ target: name, protocol }) => name !== target.name || protocol !== target.protocol)
  const grantOf = (target: TargetInfo) => grants.find(({ target: name, protocol }) => name === target.name && protocol === target.protocol)
  const toggle = (target: TargetInfo) =>
    onChange(grantOf(target) ? others(target) : [...grants, { target: target.name, protocol: target.protocol }])
  const forward = (target: TargetInfo, isGranted: boolean) =>
    onChange([...others(target), { target: target.name, protocol: target.protocol, ...(isGranted ? { forward: true } : {}) }])
  return (
    <fieldset className="grant-choice">
      <legend>May reach</legend>
      {targets.length === 0 && <p className="quiet">The gateway offers no target: hoptrace.yaml names none.</p>}
      {targets.map((target) => (
        <div key={`${target.protocol}/${target.name}`} className="row">
          <label>
            <input type="checkbox" checked={grantOf(target) !== undefined} onChange={() => toggle(target)} />{' '}
            <Protocol protocol={target.protocol} /> <Recorded text={target.name} limit={60} />
          </label>
          <span className="faint">
            <Recorded text={`${target.account} at ${target.address}`} limit={80} />
          </span>
          {target.protocol === 'ssh' && grantOf(target) !== undefined && (
            <label>
              <input
                type="checkbox"
                checked={grantOf(target)?.forward === true}
                onChange={(event) => forward(target, event.target.checked)}
              />{' '}
              and forward ports
            </label>
          )}
        </div>
      ))}
    </fieldset>
  )
}
