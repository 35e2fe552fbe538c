import type { ChainDetail } from '@hoptrace/api'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link, Navigate } from '@tanstack/react-router'
import { useMemo, useState } from 'react'
import * as queries from '../../api/queries.ts'
import { formatDuration } from '../../format/duration.ts'
import { shortId } from '../../format/identifier.ts'
import { millisOf } from '../../format/instant.ts'
import { plural } from '../../format/quantity.ts'
import { withoutReveal } from '../../masking/masked-text.ts'
import { useKeys } from '../../shell/keys.ts'
import { CopyButton } from '../../ui/copy-button.tsx'
import { Instant } from '../../ui/instant.tsx'
import { Empty, Failure, Loading } from '../../ui/outcomes.tsx'
import { Fact, Facts, Page } from '../../ui/page.tsx'
import { Recorded } from '../../ui/recorded.tsx'
import { State } from '../../ui/state.tsx'
import { PrincipalValue } from '../../ui/values.tsx'
import { ChainAlerts } from './chain-alerts.tsx'
import { ChainClock } from './chain-clock.tsx'
import { ChainGraph } from './chain-graph.tsx'
import type { LanesBy } from './chain-layout.ts'
import { HopDetail } from './hop-detail.tsx'
import { useChainClock } from './use-chain-clock.ts'

const route = getRouteApi('/chains/$chainId')

export function ChainPage() {
  const { chainId } = route.useParams()
  const answer = useQuery(queries.chain(chainId))
  if (answer.isSuccess) {
    // The chain grew, or its root moved: its old address leads to what it is now.
    if (answer.data.id !== chainId) return <Navigate to="/chains/$chainId" params={{ chainId: answer.data.id }} search replace />
    return <LoadedChain chain={answer.data} />
  }
  return (
    <Page title="Hop chain">
      {answer.isPending ? (
        <Loading what="the hop chain" />
      ) : (
        <Failure error={answer.error} what="hop chain" onRetry={() => answer.refetch()} />
      )}
    </Page>
  )
}

function LoadedChain({ chain }: { chain: ChainDetail }) {
  const { hop, lanes = 'run' } = route.useSearch()
  const navigate = route.useNavigate()
  const hops = useMemo(() => inTime(chain), [chain])
  const selected = hops.find(({ id }) => id === hop) ?? hops[0]
  const select = (id: string) =>
    void navigate({ to: '.', search: (previous) => ({ ...previous, hop: id }), replace: true, resetScroll: false })
  const chooseLanes = (by: LanesBy) =>
    void navigate({
      to: '.',
      search: (previous) => ({ ...previous, lanes: by === 'run' ? undefined : by }),
      replace: true,
      resetScroll: false,
    })
  const step = (by: number) => {
    const next = hops[(selected === undefined ? 0 : hops.indexOf(selected)) + by]
    if (next !== undefined) select(next.id)
  }
  const [nowMs] = useState(() => Date.now())
  const clock = useChainClock(chain, nowMs)
  useKeys({ j: () => step(1), k: () => step(-1), ' ': clock.toggle })
  const heading = (
    <>
      <Recorded text={chain.targets.join(' → ')} limit={160} /> <span className="faint">chain {shortId(chain.id)}</span>
    </>
  )
  return (
    <Page
      title={`Chain ${shortId(chain.id)}`}
      heading={heading}
      actions={
        <>
          <label className="choice">
            <span className="faint">Lanes</span>
            <select className="input" value={lanes} onChange={(event) => chooseLanes(event.target.value as LanesBy)}>
              <option value="run">by agent run</option>
              <option value="protocol">by protocol</option>
            </select>
          </label>
          <Link to="/exports" search={{ chain: chain.id }} className="button small">
            Export
          </Link>
          <CopyButton text={() => withoutReveal(window.location.href)} label="Copy a link to this hop">
            Copy link
          </CopyButton>
        </>
      }
    >
      <ChainFacts chain={chain} />
      <ChainAlerts alerts={chain.alerts} label="Alerts on this chain" />
      <ChainGraph chain={chain} selected={selected?.id ?? null} onSelect={select} nowMs={nowMs} cursorMs={clock.atMs} lanesBy={lanes} />
      <ChainClock chain={chain} clock={clock} />
      {selected === undefined ? <Empty title="A single access, so no hop" /> : <HopDetail key={selected.id} chain={chain} hop={selected} />}
    </Page>
  )
}

/** Hops in the order in which their ends were reached: what j and k walk. */
function inTime(chain: ChainDetail) {
  const startOf = new Map(chain.nodes.map((node) => [node.id, node.startedAt]))
  const start = (id: string) => startOf.get(id) ?? ''
  return [...chain.edges].sort((a, b) => (start(a.to) < start(b.to) ? -1 : start(a.to) > start(b.to) ? 1 : a.id < b.id ? -1 : 1))
}

function ChainFacts({ chain }: { chain: ChainDetail }) {
  return (
    <Facts>
      <Fact label="On behalf of">
        <PrincipalValue principal={chain.rootPrincipal} field="rootPrincipal" />
      </Fact>
      <Fact label="Principals">
        <Recorded text={chain.principals.join(', ')} limit={200} />
      </Fact>
      <Fact label="Began">
        <Instant at={chain.startedAt} />
      </Fact>
      <Fact label="Lasted">{formatDuration((millisOf(chain.endedAt) - millisOf(chain.startedAt)) * 1000)}</Fact>
      <Fact label="Extent">
        {plural(chain.accesses, 'access', 'accesses')}, {plural(chain.hops, 'hop')}
        {chain.hops > 0 && <span className="faint">, weakest {chain.weakestScore}</span>}
      </Fact>
      <Fact label="Refused">
        {chain.refused === 0 ? <span className="faint">none</span> : <State tone="bad">{plural(chain.refused, 'attempt')}</State>}
      </Fact>
      {chain.alerts.length === 0 && (
        <Fact label="Alerts">
          <span className="faint">none: no rule that is on found a boundary crossed</span>
        </Fact>
      )}
      {chain.isPartial && (
        <Fact label="Analysis">
          <State tone="warn">partial: a gateway's events were missing</State>
        </Fact>
      )}
    </Facts>
  )
}
