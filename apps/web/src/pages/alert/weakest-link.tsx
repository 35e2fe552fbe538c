import type { AlertDetail, ChainDetail } from '@hoptrace/api'
import { Link } from '@tanstack/react-router'
import { Section } from '../../ui/page.tsx'
import { Recorded } from '../../ui/recorded.tsx'
import { evidenceMeanings, evidenceNames } from '../chains/evidence.ts'

/** The hop on which least speaks: when that is wrong, the alert is. */
export function WeakestLink({ alert, chain }: { alert: AlertDetail; chain: ChainDetail | undefined }) {
  if (alert.weakest === null || alert.chainId === null) return null
  const { hopId, score } = alert.weakest
  const hop = chain?.edges.find(({ id }) => id === hopId)
  const nameOf = (id: string) => chain?.nodes.find((node) => node.id === id)?.target ?? 'an access outside this chain'
  return (
    <Section title="Weakest link" aside={<>score {score}</>}>
      <p>
        <Link to="/chains/$chainId" params={{ chainId: alert.chainId }} search={{ hop: hopId }}>
          {hop === undefined ? (
            'Look at the hop'
          ) : (
            <>
              <Recorded text={nameOf(hop.from)} limit={60} /> → <Recorded text={nameOf(hop.to)} limit={60} />
            </>
          )}
        </Link>
        {hop !== undefined && <span className="quiet"> by {evidenceNames[hop.class]}</span>}
      </p>
      {hop !== undefined && <p className="quiet">{evidenceMeanings[hop.class]} The alert is no stronger than this.</p>}
    </Section>
  )
}
