import { CopyButton } from './copy-button.tsx'

const STEPS = [
  ['Start a run with what it may reach', 'hoptrace run start --principal reporter --task "try it" --grant orders'],
  ['Then use the plain client that it prints', 'psql "host=127.0.0.1 port=6432 dbname=orders user=hoptrace sslmode=require"'],
] as const

/** Nothing was ever recorded: how to begin. */
export function Begin() {
  return (
    <div className="notice" role="status">
      <h3>Nothing was recorded yet</h3>
      <p>Sessions appear here as soon as somebody reaches a target through the gateway.</p>
      <ol className="steps">
        {STEPS.map(([what, command]) => (
          <li key={command}>
            <p>{what}</p>
            <p className="row command-line">
              <code>{command}</code>
              <CopyButton text={command} label={`Copy: ${what}`} />
            </p>
          </li>
        ))}
      </ol>
    </div>
  )
}
