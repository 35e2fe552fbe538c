import type { AccessNode } from '@hoptrace/api'
import { formatPosition } from '../../format/duration.ts'
import { useMay } from '../../identity/identity.tsx'
import { Recorded } from '../../ui/recorded.tsx'
import { State } from '../../ui/state.tsx'
import { PlaceLink } from '../alert/place-link.tsx'

const RELATIONS: Record<NonNullable<AccessNode['unseen']>['relation'], string> = {
  connect: 'would connect to',
  jump: 'would jump over',
  forward: 'would open a tunnel to',
  copy: 'would copy with',
  exec: 'would run something at',
  fetch: 'would fetch from',
}

/** A way out that a command names, and that nothing at the gateway followed: what the command was, and how it ended. */
export function UnseenNode({ node }: { node: AccessNode }) {
  const { unseen } = node
  const maySeeContent = useMay('content')
  if (node.kind !== 'unseen') return null
  const namedAt = unseen?.namedAt ?? node.at
  const [exitStatus, output, command] = [unseen?.exitStatus ?? null, unseen?.output ?? null, unseen?.command ?? null]
  return (
    <div className="unseen-node">
      <p>
        <State tone="warn">not seen at the gateway</State>{' '}
        <span className="quiet">
          {unseen === null ? (
            'A command names'
          ) : (
            <>
              <code>{unseen.tool}</code> {RELATIONS[unseen.relation]}
            </>
          )}{' '}
          <Recorded text={node.target} limit={80} />, and no access to it appeared within a minute. A command that names a way is not yet a
          connection: it may have failed, or gone past the gateway.
        </span>
      </p>
      <dl className="unseen-facts">
        <dt>Command</dt>
        <dd>{command === null ? <NotShown maySeeContent={maySeeContent} /> : <Recorded text={command} isBlock limit={2000} />}</dd>
        <dt>Exit status</dt>
        <dd>
          {exitStatus === null && <span className="faint">not known</span>}
          {exitStatus === 0 && <State tone="warn">0: it says that it worked</State>}
          {exitStatus !== null && exitStatus !== 0 && <State tone="quiet">{exitStatus}: it says that it failed</State>}
        </dd>
        <dt>Output</dt>
        <dd>
          {output === null && <NotShown maySeeContent={maySeeContent} />}
          {output === '' && <span className="faint">none</span>}
          {output !== null && output !== '' && <Recorded text={output} isBlock limit={2000} />}
        </dd>
      </dl>
      <p className="row">
        <PlaceLink at={namedAt}>Show the command in its session</PlaceLink>
        <span className="faint">
          seq {namedAt.seq} at {formatPosition(namedAt.ms)}
        </span>
      </p>
    </div>
  )
}

function NotShown({ maySeeContent }: { maySeeContent: boolean }) {
  return <span className="faint">{maySeeContent ? 'not known' : 'needs the right content'}</span>
}
