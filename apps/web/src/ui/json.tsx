import { Recorded } from './recorded.tsx'

/** A recorded structure as indented JSON text. Strings keep their escapes, so nothing in them can act. */
export function Json({ value, highlight = null, label }: { value: unknown; highlight?: string | null; label: string }) {
  return (
    <section aria-label={label}>
      <pre className="json">
        <Recorded text={JSON.stringify(value, null, 2)} isBlock limit={20_000} highlight={highlight} />
      </pre>
    </section>
  )
}
