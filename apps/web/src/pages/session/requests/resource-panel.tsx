import type { ResourcesAnswer } from '@hoptrace/api'
import { getRouteApi } from '@tanstack/react-router'
import { useMemo, useState } from 'react'
import { formatCount, plural } from '../../../format/quantity.ts'
import { plainRecorded } from '../../../format/recorded.ts'
import { Maskable, Masking } from '../../../masking/masking.tsx'
import { atPlace, isAtPlace, toggled } from '../../../url/request-search.ts'
import { type ResourceNode, resourceTree } from './resource-nodes.ts'

const route = getRouteApi('/sessions/$sessionId')
/** A level with more is folded at first. */
const MANY = 12

/** What the session touched, as a tree that narrows the requests. */
export function ResourcePanel({ answer }: { answer: ResourcesAnswer | undefined }) {
  const nodes = useMemo(() => resourceTree(answer?.items ?? []), [answer])
  const isNarrow = useMemo(() => window.matchMedia('(max-width: 900px)').matches, [])
  if (answer === undefined) return <div className="resources" />
  return (
    <Masking masked={answer.masked}>
      <details className="resources" open={!isNarrow}>
        <summary>
          Touched <span className="faint">{plural(answer.items.length, 'resource')}</span>
        </summary>
        <nav aria-label="Resources">
          <Nodes nodes={nodes} />
          {answer.tools.length > 0 && <Tools tools={answer.tools} />}
        </nav>
        {answer.discovery > 0 && <p className="faint resources-note">and {plural(answer.discovery, 'request')} of discovery</p>}
        {answer.isTruncated && <p className="warn-text resources-note">More were touched than are shown here.</p>}
      </details>
    </Masking>
  )
}

function Nodes({ nodes }: { nodes: readonly ResourceNode[] }) {
  return (
    <ul className="tree">
      {nodes.map((node) => (
        <Node key={node.key} node={node} />
      ))}
    </ul>
  )
}

function Node({ node }: { node: ResourceNode }) {
  const [isOpen, setOpen] = useState(node.children.length <= MANY)
  const name = `${node.level} ${plainRecorded(node.label, 80)}`
  return (
    <li>
      <div className="tree-line">
        {node.children.length > 0 ? (
          <button
            type="button"
            className="fold"
            aria-expanded={isOpen}
            aria-label={`${isOpen ? 'Fold' : 'Open'} ${name}`}
            onClick={() => setOpen(!isOpen)}
          >
            {isOpen ? '▾' : '▸'}
          </button>
        ) : (
          <span className="fold" />
        )}
        <NodeLabel node={node} name={name} />
      </div>
      {isOpen && node.children.length > 0 && <Nodes nodes={node.children} />}
    </li>
  )
}

function NodeLabel({ node, name }: { node: ResourceNode; name: string }) {
  const search = route.useSearch()
  const navigate = route.useNavigate()
  const counts = (
    <>
      {node.failed > 0 && (
        <span className="bad-text" title={`${formatCount(node.failed)} failed`}>
          <span aria-hidden="true">✕</span>
          <span className="visually-hidden">failed </span>
          {formatCount(node.failed)}
        </span>
      )}
      <span className="faint number">{formatCount(node.requests)}</span>
    </>
  )
  const { place } = node
  if (place === null) {
    return (
      <span className="tree-label group">
        <span className="tree-name">{plainRecorded(node.label, 80)}</span>
        {counts}
      </span>
    )
  }
  const isChosen = isAtPlace(search, place)
  const uses = node.uses.map(({ verb, count }) => (count > 1 ? `${verb} ${count}` : verb)).join(', ')
  return (
    <button
      type="button"
      className="tree-label"
      aria-pressed={isChosen}
      aria-label={`Only ${name}, ${plural(node.requests, 'request')}${node.failed > 0 ? `, ${node.failed} failed` : ''}`}
      title={uses === '' ? undefined : uses}
      onClick={() =>
        void navigate({
          to: '.',
          search: (previous) => ({ ...atPlace(previous, isChosen ? {} : place), seq: undefined, ms: undefined }),
          replace: true,
          resetScroll: false,
        })
      }
    >
      <span className="tree-name recorded">
        <Maskable text={plainRecorded(node.label, 80)}>{(text) => text}</Maskable>
      </span>
      {node.uses.length > 0 && <span className="tree-uses faint">{plainRecorded(uses, 40)}</span>}
      {counts}
    </button>
  )
}

function Tools({ tools }: { tools: ResourcesAnswer['tools'] }) {
  const search = route.useSearch()
  const navigate = route.useNavigate()
  return (
    <ul className="tree">
      <li>
        <div className="tree-line">
          <span className="fold" />
          <span className="tree-label group">
            <span className="tree-name">tools</span>
          </span>
        </div>
        <ul className="tree">
          {tools.map(({ name, count, failed }) => (
            <li key={name}>
              <div className="tree-line">
                <span className="fold" />
                <button
                  type="button"
                  className="tree-label"
                  aria-pressed={search.tool?.includes(name) ?? false}
                  aria-label={`Only calls of tool ${plainRecorded(name, 60)}, ${count}${failed > 0 ? `, ${failed} failed` : ''}`}
                  onClick={() =>
                    void navigate({
                      to: '.',
                      search: (previous) => toggled({ ...previous, seq: undefined, ms: undefined }, { field: 'tool', value: name }),
                      replace: true,
                      resetScroll: false,
                    })
                  }
                >
                  <span className="tree-name recorded">{plainRecorded(name, 60)}</span>
                  {failed > 0 && (
                    <span className="bad-text">
                      <span aria-hidden="true">✕</span>
                      {failed}
                    </span>
                  )}
                  <span className="faint number">{count}</span>
                </button>
              </div>
            </li>
          ))}
        </ul>
      </li>
    </ul>
  )
}
