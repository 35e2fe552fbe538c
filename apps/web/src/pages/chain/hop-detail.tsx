import type { ChainDetail, Hop, HopEvidence } from '@hoptrace/api'
import { useState } from 'react'
import { plural } from '../../format/quantity.ts'
import { plainRecorded } from '../../format/recorded.ts'
import { Recorded } from '../../ui/recorded.tsx'
import { evidenceLetters, evidenceMeanings, evidenceNames } from '../chains/evidence.ts'
import { ChainAlerts } from './chain-alerts.tsx'
import { Moment } from './moment.tsx'
import { mostTelling } from './most-telling.ts'
import { UnseenNode } from './unseen-node.tsx'

/** Why we say that one access led to another: the evidence, what else might have, and both moments. */
export function HopDetail({ chain, hop }: { chain: ChainDetail; hop: Hop }) {
  const [shown, setShown] = useState(() => mostTelling(hop.evidence))
  const evidence = hop.evidence[shown] ?? hop.evidence[0]
  const to = chain.nodes.find((node) => node.id === hop.to)
  const nameOf = (id: string) => chain.nodes.find((node) => node.id === id)?.target ?? 'an access outside this chain'
  return (
    <section className="hop-detail" aria-label={`Hop from ${plainRecorded(nameOf(hop.from))} to ${plainRecorded(nameOf(hop.to))}`}>
      <h2 className="hop-sentence">
        <Recorded text={evidence?.sentence ?? `${nameOf(hop.to)} followed ${nameOf(hop.from)}`} limit={400} />
      </h2>
      <ChainAlerts alerts={hop.alerts} label="Alerts that rest on this hop" />
      {to !== undefined && <UnseenNode node={to} />}
      <div className="hop-body">
        <div>
          <EvidenceTable hop={hop} shown={shown} onShow={setShown} />
          <Alternatives hop={hop} nameOf={nameOf} />
        </div>
        {evidence !== undefined && <Moments chain={chain} hop={hop} evidence={evidence} />}
      </div>
    </section>
  )
}

function EvidenceTable({ hop, shown, onShow }: { hop: Hop; shown: number; onShow: (index: number) => void }) {
  const numbered = hop.evidence.map((evidence, index) => ({ evidence, index }))
  return (
    <table className="table compact" aria-label="Evidence">
      <thead>
        <tr>
          <th scope="col">Evidence</th>
          <th scope="col" className="number">
            Score
          </th>
        </tr>
      </thead>
      <tbody>
        {numbered.map(({ evidence, index }) => (
          <tr key={index} className={index === shown ? 'selected' : undefined}>
            <td>
              <button
                type="button"
                className="text-button"
                aria-pressed={index === shown}
                onClick={() => onShow(index)}
                title={evidenceMeanings[evidence.class]}
              >
                <span className="hop-letter" aria-hidden="true">
                  {evidenceLetters[evidence.class]}
                </span>{' '}
                {evidenceNames[evidence.class]}
              </button>
              <p className="faint">{evidenceMeanings[evidence.class]}</p>
            </td>
            <td className="number">{evidence.score}</td>
          </tr>
        ))}
        <tr>
          <td className="quiet">Together</td>
          <td className="number">
            <strong>{hop.score}</strong>
          </td>
        </tr>
      </tbody>
    </table>
  )
}

/** On demand: what was taken is on the page, what was weighed against it is one step away. */
function Alternatives({ hop, nameOf }: { hop: Hop; nameOf: (id: string) => string }) {
  if (hop.alternatives.length === 0) return <p className="alternatives quiet">No other access explains it.</p>
  return (
    <details className="alternatives">
      <summary>What else may have led there: {plural(hop.alternatives.length, 'other access', 'other accesses')}</summary>
      <ul className="plain-list">
        {hop.alternatives.map((alternative) => (
          <li key={`${alternative.from}${alternative.class}`}>
            <Recorded text={nameOf(alternative.from)} limit={60} /> <span className="quiet">by {evidenceNames[alternative.class]}</span>,
            score {alternative.score}
          </li>
        ))}
      </ul>
    </details>
  )
}

function Moments({ chain, hop, evidence }: { chain: ChainDetail; hop: Hop; evidence: HopEvidence }) {
  const nodes = { from: chain.nodes.find((node) => node.id === hop.from), to: chain.nodes.find((node) => node.id === hop.to) }
  if (evidence.from === null && evidence.to === null) return <p className="quiet">This evidence has no single moment.</p>
  const verb = evidence.observable === null ? 'Led from' : 'Seen in'
  return (
    <div className="moments">
      {evidence.from !== null && (
        <Moment
          title={verb}
          where={nodes.from?.target ?? ''}
          pointer={evidence.from}
          at={evidence.fromAt}
          observable={evidence.observable}
          hasReplay={nodes.from?.isRefused !== true}
        />
      )}
      {evidence.to !== null && (
        <Moment
          title={evidence.observable === null ? 'To' : 'Used at'}
          where={nodes.to?.target ?? ''}
          pointer={evidence.to}
          at={evidence.toAt}
          observable={evidence.observable}
          hasReplay={nodes.to?.isRefused !== true}
        />
      )}
    </div>
  )
}
