import { castLines } from '@hoptrace/terminal'
import { chunked } from './chunked.ts'
import { ExportFacts } from './export-facts.ts'
import { renderCsv } from './render-csv.ts'
import { renderHar } from './render-har.ts'
import { renderJsonl } from './render-jsonl.ts'
import { renderText } from './render-text.ts'
import type { ExportSource, StoredEvent } from './stored-event.ts'

export type ExportFormat = 'asciicast' | 'har' | 'jsonl' | 'csv' | 'text'
export type ExportFile = {
  name: string
  format: ExportFormat
  mediaType: string
  /** Of an asciicast. */
  channel: number | null
  /** Renders from the first event on, each time anew; holds no more than a few events. */
  render(): AsyncIterable<Buffer>
}
export type Export = { sessionId: string; facts: ExportFacts; files: ExportFile[] }
export type ExportOptions = {
  /** Should input that was typed without echo (passwords) stand in asciicasts? The JSONL holds it in any case: it is the proof. */
  withHiddenInput?: boolean
  /** Without it there is one file: what happened, and not what was said. Default true. */
  withContent?: boolean
}

type Render = (events: AsyncIterable<StoredEvent>) => AsyncIterable<string>

/** The files of a session's export. Reads the session once, to know which there are; each file reads it again when it is rendered. */
export async function exportOf(source: ExportSource, { withHiddenInput = false, withContent = true }: ExportOptions = {}): Promise<Export> {
  const facts = new ExportFacts(source.expectedLastSeq ?? null)
  for await (const event of source.open()) facts.add(event)
  const file = (name: string, format: ExportFormat, mediaType: string, render: Render, channel: number | null = null): ExportFile => {
    return { name, format, mediaType, channel, render: () => chunked(render(source.open())) }
  }
  const csv = file('events.csv', 'csv', 'text/csv; charset=utf-8', (events) => renderCsv(events, withContent))
  if (!withContent) return { sessionId: source.sessionId, facts, files: [csv] }
  const casts = [...facts.channels].map((channel) => {
    const render: Render = (events) => castLines(eventsOf(events), { channel, withHiddenInput })
    return file(`terminal-${channel}.cast`, 'asciicast', 'application/x-asciicast', render, channel)
  })
  const files = [
    file('events.jsonl', 'jsonl', 'application/x-ndjson; charset=utf-8', renderJsonl),
    csv,
    file('transcript.txt', 'text', 'text/plain; charset=utf-8', renderText),
    ...(facts.hasRequests ? [file('requests.har', 'har', 'application/json; charset=utf-8', renderHar)] : []),
    ...casts,
  ]
  return { sessionId: source.sessionId, facts, files }
}

async function* eventsOf(events: AsyncIterable<StoredEvent>) {
  for await (const { event } of events) yield event
}
