import { useQuery } from '@tanstack/react-query'
import { targets } from '../api/queries.ts'
import { CopyButton } from './copy-button.tsx'

/** Nothing was ever recorded: how to begin, with a target that the gateway really offers. */
export function Begin() {
  const offered = useQuery(targets()).data?.items[0]
  const grant = offered === undefined ? '<target>:<protocol>' : `${offered.name}:${offered.protocol}`
  return (
    <div className="notice" role="status">
      <h3>Nothing was recorded yet</h3>
      <p>Sessions appear here as soon as somebody reaches a target through the gateway.</p>
      <ol className="steps">
        <Step what="See what the gateway offers, and whether it can be reached" command="hoptrace targets check" />
        <Step
          what="Start a run; it prints a ready-made command for each target"
          command={`hoptrace run start --principal you --task "Try it" --grant ${grant}`}
        />
      </ol>
    </div>
  )
}

function Step({ what, command }: { what: string; command: string }) {
  return (
    <li>
      <p>{what}</p>
      <p className="row command-line">
        <code>{command}</code>
        <CopyButton text={command} label={`Copy: ${what}`} />
      </p>
    </li>
  )
}
