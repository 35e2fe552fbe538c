import type { AccessLogEntry } from '@hoptrace/api'
import { State } from '../../ui/state.tsx'

/** How deep somebody looked: metadata, content, secrets; and whether they took it away. */
export function Depth({ view }: { view: AccessLogEntry }) {
  const isExport = view.span.startsWith('export ')
  return (
    <span className="depth">
      {view.isRevealed ? (
        <State tone="warn">secrets revealed</State>
      ) : view.isContent ? (
        <State tone="accent">content</State>
      ) : (
        <State tone="quiet">metadata</State>
      )}
      {isExport && <span className="tag">exported</span>}
    </span>
  )
}
