import type { RuleChecked, RuleFault } from '@hoptrace/api'
import { useRef, useState } from 'react'
import { plural } from '../../format/quantity.ts'
import { State } from '../../ui/state.tsx'
import { offsetOf } from './draft.ts'

type RuleTextProps = {
  text: string
  onChange: ((text: string) => void) | null
  checked: RuleChecked | undefined
  /** Why it could not be checked. */
  problem: string | null
}

/** A rule's text with numbered lines, and what is wrong with it below. */
export function RuleText({ text, onChange, checked, problem }: RuleTextProps) {
  const area = useRef<HTMLTextAreaElement>(null)
  const [top, setTop] = useState(0)
  const faults = checked?.faults ?? []
  const goTo = ({ line, column }: RuleFault) => {
    const offset = offsetOf(text, line, column)
    area.current?.focus()
    area.current?.setSelectionRange(offset, offset)
  }
  return (
    <div className="rule-text">
      <div className="rule-lines">
        <LineNumbers count={text.split('\n').length} faults={faults} top={top} />
        <textarea
          ref={area}
          className="recorded"
          aria-label="The rule's text, Sigma as YAML"
          aria-invalid={faults.length > 0}
          aria-describedby="rule-faults"
          spellCheck={false}
          wrap="off"
          readOnly={onChange === null}
          value={text}
          onChange={(event) => onChange?.(event.target.value)}
          onScroll={(event) => setTop(event.currentTarget.scrollTop)}
        />
      </div>
      <div id="rule-faults" role="status" className="rule-faults">
        <Verdict checked={checked} problem={problem} />
        {faults.length > 0 && (
          <ul className="plain-list" aria-label="Faults">
            {faults.map((fault) => (
              <li key={`${fault.line}:${fault.column}:${fault.message}`}>
                <button type="button" className="text-button" onClick={() => goTo(fault)}>
                  line {fault.line}, column {fault.column}
                </button>{' '}
                {fault.message}
              </li>
            ))}
          </ul>
        )}
      </div>
    </div>
  )
}

function Verdict({ checked, problem }: Pick<RuleTextProps, 'checked' | 'problem'>) {
  if (problem !== null) return <State tone="warn">not checked: {problem}</State>
  if (checked === undefined) return <State tone="quiet">checking…</State>
  if (checked.faults.length > 0) return <State tone="bad">{plural(checked.faults.length, 'fault')}</State>
  return <State tone="good">{checked.rules.map(({ title, kind }) => `${title} (${kind})`).join('; ') || 'no rule in it'}</State>
}

/** Beside the text; a line with a fault has a sign as well as a colour. */
function LineNumbers({ count, faults, top }: { count: number; faults: readonly RuleFault[]; top: number }) {
  const faulty = new Set(faults.map(({ line }) => line))
  const numbers = Array.from({ length: count }, (_, index) => index + 1)
  return (
    <div className="rule-numbers" aria-hidden="true">
      <ol style={{ transform: `translateY(${-top}px)` }}>
        {numbers.map((number) => (
          <li key={number} className={faulty.has(number) ? 'bad-text' : undefined}>
            {faulty.has(number) ? '✕ ' : ''}
            {number}
          </li>
        ))}
      </ol>
    </div>
  )
}
