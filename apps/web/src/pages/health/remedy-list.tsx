import { CopyButton } from '../../ui/copy-button.tsx'
import { Section } from '../../ui/page.tsx'
import { State } from '../../ui/state.tsx'
import type { Remedy } from './remedies.ts'

/** What is wrong and what to do, worst first. */
export function Remedies({ remedies }: { remedies: readonly Remedy[] }) {
  return (
    <Section title="What to do">
      {remedies.length === 0 && (
        <p className="remedy">
          <State tone="good">Nothing: every gateway is heard, and all that was recorded is stored and analysed.</State>
        </p>
      )}
      <ul className="remedies">
        {remedies.map(({ key, tone, finding, todo, command }) => (
          <li key={key} className="remedy">
            <State tone={tone}>
              <strong>{finding}</strong>
            </State>
            <p className="quiet">{todo}</p>
            {command !== undefined && (
              <p className="row command-line">
                <code>{command}</code>
                <CopyButton text={command} label={`Copy: ${command}`} />
              </p>
            )}
          </li>
        ))}
      </ul>
    </Section>
  )
}
