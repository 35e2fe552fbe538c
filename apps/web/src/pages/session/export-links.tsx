import type { ExportQuery, SessionDetail } from '@hoptrace/api'
import { apiPath } from '../../api/client.ts'
import { DeniedAction } from '../../identity/denied-action.tsx'
import { useMay } from '../../identity/identity.tsx'
import { useReveal } from './use-reveal.ts'

type Format = ExportQuery['format']

const FORMATS: readonly { format: Format; name: string; holds: string; isContent: boolean }[] = [
  { format: 'asciicast', name: 'asciicast', holds: 'The terminal, as asciicast v3', isContent: true },
  { format: 'har', name: 'HAR', holds: 'Requests with their answers, as HTTP Archive 1.2', isContent: true },
  { format: 'jsonl', name: 'JSONL', holds: 'Every event as it was hashed', isContent: true },
  { format: 'csv', name: 'CSV', holds: 'One line an event, safe to open in a spreadsheet', isContent: false },
  { format: 'text', name: 'text', holds: 'A transcript to read', isContent: true },
  { format: 'manifest', name: 'manifest', holds: 'Counts, gaps, and the SHA-256 of each file', isContent: false },
]

/** What can be taken away. All files end at the same event, so that those of an open session agree with their manifest. */
export function ExportLinks({ session, channel }: { session: SessionDetail; channel: number | undefined }) {
  const mayExport = useMay('export')
  const maySeeContent = useMay('content')
  const { reveal } = useReveal()
  const isOfRequests = session.protocol === 'http' || session.protocol === 'kubernetes'
  const offered = FORMATS.filter(({ format }) => (format === 'asciicast' ? session.isTerminal : format !== 'har' || isOfRequests))
  if (!mayExport) return <DeniedAction label="Export" right="export" />
  return (
    <nav className="exports" aria-label="Export">
      <span className="faint">Export{reveal !== undefined && ', secrets included'}</span>
      {offered
        .filter(({ isContent }) => maySeeContent || !isContent)
        .map(({ format, name, holds }) => (
          <a key={format} href={pathOf(session, format, channel, reveal)} download title={holds}>
            {name}
          </a>
        ))}
      {!maySeeContent && <DeniedAction label="Content" right="content" />}
    </nav>
  )
}

function pathOf({ id, lastSeq }: SessionDetail, format: Format, channel: number | undefined, reveal: string | undefined): string {
  return apiPath(['sessions', id, 'export'], { format, through: lastSeq, reveal, ...(format === 'asciicast' ? { channel } : {}) })
}
