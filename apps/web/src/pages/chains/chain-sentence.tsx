import type { ChainSummary } from '@hoptrace/api'
import { Link } from '@tanstack/react-router'
import { Fragment } from 'react'
import { plural } from '../../format/quantity.ts'
import { Instant } from '../../ui/instant.tsx'
import { Protocol } from '../../ui/protocol.tsx'
import { Recorded } from '../../ui/recorded.tsx'
import { State } from '../../ui/state.tsx'
import { evidenceNames } from './evidence.ts'

/** A chain as one sentence: who, for whom, reached what, and what was refused. */
export function ChainSentence({ chain }: { chain: ChainSummary }) {
  return (
    <article className="chain-line">
      <Link to="/chains/$chainId" params={{ chainId: chain.id }} className="chain-title">
        <Names names={chain.principals} none="Someone unknown" />
        {chain.rootPrincipal !== null && !chain.principals.includes(chain.rootPrincipal) && (
          <span className="quiet">
            , on behalf of <Recorded text={chain.rootPrincipal} limit={60} />,
          </span>
        )}
        <span className="quiet"> reached </span>
        {chain.targets.map((target, index) => (
          <Fragment key={target}>
            {index > 0 && <span className="faint"> → </span>}
            <Recorded text={target} limit={60} />
          </Fragment>
        ))}
        {chain.refused > 0 && <span className="quiet">; {plural(chain.refused, 'attempt was', 'attempts were')} refused</span>}
      </Link>
      <p className="chain-why quiet">
        <Recorded text={chain.title} limit={240} />
      </p>
      <p className="chain-meta">
        <span className="protocols">
          {chain.protocols.map((protocol) => (
            <Protocol key={protocol} protocol={protocol} />
          ))}
        </span>
        <Instant at={chain.startedAt} />
        <span>
          {plural(chain.accesses, 'access', 'accesses')}, {plural(chain.hops, 'hop')}
        </span>
        <span className="faint">{chain.evidence.map((name) => evidenceNames[name]).join(', ')}</span>
        {chain.hops > 0 && <span className="faint">weakest {chain.weakestScore}</span>}
        {chain.refused > 0 && <State tone="bad">{chain.refused} refused</State>}
        {chain.isPartial && <State tone="warn">partial</State>}
      </p>
    </article>
  )
}

function Names({ names, none }: { names: readonly string[]; none: string }) {
  if (names.length === 0) return <>{none}</>
  return names.map((name, index) => (
    <Fragment key={name}>
      {index > 0 && (index === names.length - 1 ? ' and ' : ', ')}
      <strong>
        <Recorded text={name} limit={60} />
      </strong>
    </Fragment>
  ))
}
