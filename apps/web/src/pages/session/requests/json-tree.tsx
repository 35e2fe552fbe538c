import { useState } from 'react'
import { plural } from '../../../format/quantity.ts'
import type { JsonNode } from '../../../format/read-json.ts'
import { plainRecorded } from '../../../format/recorded.ts'
import { Recorded } from '../../../ui/recorded.tsx'

/** Members of one value that are laid out at once. */
const STEP = 50
/** Values deeper than this are folded at first. */
const OPEN_DEPTH = 4

type JsonTreeProps = {
  node: JsonNode
  /** JSON pointers (RFC 6901) of values that a note stands for. */
  withheld: readonly string[]
}

/** A recorded value, laid out: text nodes only, every object and array foldable, long ones a step at a time. */
export function JsonTree({ node, withheld }: JsonTreeProps) {
  return <Value node={node} withheld={withheld} at="" depth={0} name={null} />
}

type ValueProps = JsonTreeProps & { at: string; depth: number; name: string | null }

function Value({ node, withheld, at, depth, name }: ValueProps) {
  if (node.kind === 'object' || node.kind === 'array')
    return <Container node={node} withheld={withheld} at={at} depth={depth} name={name} />
  return (
    <div className="json-line">
      <Key name={name} />
      {withheld.includes(at) ? <Withheld /> : <Scalar node={node} />}
    </div>
  )
}

type Branch = Extract<JsonNode, { kind: 'object' | 'array' }>

function Container({ node, withheld, at, depth, name }: ValueProps & { node: Branch }) {
  const members = membersOf(node)
  const [isOpen, setOpen] = useState(depth < OPEN_DEPTH)
  const [shown, setShown] = useState(STEP)
  const [open, close] = node.kind === 'object' ? ['{', '}'] : ['[', ']']
  if (withheld.includes(at)) {
    return (
      <div className="json-line">
        <Key name={name} />
        <Withheld />
      </div>
    )
  }
  if (members.length === 0) {
    return (
      <div className="json-line">
        <Key name={name} />
        <span className="faint">
          {open}
          {node.isCut ? <CutHere after={undefined} /> : close}
        </span>
      </div>
    )
  }
  return (
    <div className="json-branch">
      <div className="json-line">
        <button
          type="button"
          className="fold"
          aria-expanded={isOpen}
          aria-label={`${isOpen ? 'Fold' : 'Open'} ${name === null ? 'this value' : plainRecorded(name, 60)}`}
          onClick={() => setOpen(!isOpen)}
        >
          {isOpen ? '▾' : '▸'}
        </button>
        <Key name={name} />
        <span className="faint">
          {open}
          {!isOpen && ` ${plural(members.length, node.kind === 'object' ? 'member' : 'item')} ${close}`}
        </span>
      </div>
      {isOpen && (
        <>
          <div className="json-members">
            {members.slice(0, shown).map(({ key, value }) => (
              <Value
                key={key}
                node={value}
                withheld={withheld}
                at={`${at}/${escaped(key)}`}
                depth={depth + 1}
                name={node.kind === 'object' ? key : null}
              />
            ))}
            {members.length > shown && (
              <button type="button" className="text-button json-more" onClick={() => setShown(shown + STEP * 4)}>
                … {plural(members.length - shown, 'more')}
              </button>
            )}
          </div>
          <div className="json-line faint">{node.isCut ? <CutHere after={members.at(-1)?.value} /> : close}</div>
        </>
      )}
    </div>
  )
}

/** Where the recorded part ends: said once, at the innermost value. */
function CutHere({ after }: { after: JsonNode | undefined }) {
  const isSaid = after !== undefined && after.kind !== 'other' && after.isCut
  return isSaid ? '…' : <span className="warn-text"> …cut here</span>
}

function membersOf(node: Branch): { key: string; value: JsonNode }[] {
  if (node.kind === 'array') return node.items.map((value, index) => ({ key: String(index), value }))
  // A key may come twice: the reader sees both.
  const seen = new Map<string, number>()
  return node.entries.map(({ key, value }) => {
    const times = (seen.get(key) ?? 0) + 1
    seen.set(key, times)
    return { key: times === 1 ? key : `${key} (${times})`, value }
  })
}

function Key({ name }: { name: string | null }) {
  if (name === null) return null
  return (
    <>
      <span className="json-key">
        <Recorded text={name} limit={120} />
      </span>
      <span className="faint">: </span>
    </>
  )
}

function Scalar({ node }: { node: Extract<JsonNode, { kind: 'string' | 'other' }> }) {
  if (node.kind === 'other') {
    return (
      <span className="json-other">
        <Recorded text={node.text} limit={400} />
      </span>
    )
  }
  const isLong = node.text.includes('\n')
  return (
    <span className={isLong ? 'json-string long' : 'json-string'}>
      <Recorded text={node.text} isBlock={isLong} limit={1000} />
      {node.isCut && <span className="warn-text"> …cut here</span>}
    </span>
  )
}

export function Withheld() {
  return (
    <span className="withheld" title="Never recorded; its digest is kept, so that its use elsewhere links">
      withheld
    </span>
  )
}

function escaped(key: string): string {
  return key.replaceAll('~', '~0').replaceAll('/', '~1')
}
