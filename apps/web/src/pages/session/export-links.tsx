import type { ExportQuery, SessionDetail } from '@hoptrace/api'
import { apiPath } from '../../api/client.ts'

type Format = ExportQuery['format']

const FORMATS: readonly { format: Format; name: string; holds: string }[] = [
  { format: 'asciicast', name: 'asciicast', holds: 'The terminal, as asciicast v3' },
  { format: 'jsonl', name: 'JSONL', holds: 'Every event as it was hashed' },
  { format: 'csv', name: 'CSV', holds: 'One line an event, safe to open in a spreadsheet' },
  { format: 'text', name: 'text', holds: 'A transcript to read' },
  { format: 'manifest', name: 'manifest', holds: 'Counts, gaps, and the SHA-256 of each file' },
]

/** What can be taken away. All files end at the same event, so that those of an open session agree with their manifest. */
export function ExportLinks({ session, channel }: { session: SessionDetail; channel: number | undefined }) {
  const offered = FORMATS.filter(({ format }) => format !== 'asciicast' || session.isTerminal)
  return (
    <nav className="exports" aria-label="Export">
      <span className="faint">Export</span>
      {offered.map(({ format, name, holds }) => (
        <a key={format} href={pathOf(session, format, channel)} download title={holds}>
          {name}
        </a>
      ))}
    </nav>
  )
}

function pathOf({ id, lastSeq }: SessionDetail, format: Format, channel: number | undefined): string {
  return apiPath(['sessions', id, 'export'], { format, through: lastSeq, ...(format === 'asciicast' ? { channel } : {}) })
}
