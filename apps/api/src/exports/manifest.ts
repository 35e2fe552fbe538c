import { createHash } from 'node:crypto'
import { instant } from './instant.ts'
import type { Export, ExportFile } from './session-export.ts'

export const MANIFEST_NAME = 'manifest.json'

export type FileDigest = { name: string; mediaType: string; bytes: number; sha256: string }

const HOW_TO_CHECK = [
  'A file is whole when its size and its SHA-256 are those told here.',
  'events.jsonl holds one event a line. The hash of an event is SHA-256, in hex, of its canonical JSON (RFC 8785) without the member "hash".',
  'prevHash is the hash of the event before it in the session, and 64 zeros in the first; seq counts from 0 without a gap.',
  'The last hash is told here as lastHash: one that was noted elsewhere proves everything before it.',
]

const HOW_MASKED =
  'Secrets are hidden in the events that say "masked": true. Their hash is the one that was recorded: what stands here has another, and the chain of prevHash still holds.'

/** Renders a file to know its size and digest, and keeps none of it. */
export async function digestOf(file: ExportFile): Promise<FileDigest> {
  const hash = createHash('sha256')
  let bytes = 0
  for await (const chunk of file.render()) {
    hash.update(chunk)
    bytes += chunk.length
  }
  return { name: file.name, mediaType: file.mediaType, bytes, sha256: hash.digest('hex') }
}

/** What stands in an export and what does not, and how to check it. The same events give the same manifest. */
export function manifestOf({ sessionId, facts }: Export, files: FileDigest[]) {
  const { completeness, missing, declaredGaps, conflicts } = facts.sequence()
  return {
    format: 'hoptrace-export-1',
    tenant: facts.tenant,
    sessionId,
    events: facts.events,
    from: facts.firstTs && instant(facts.firstTs),
    to: facts.lastTs && instant(facts.lastTs),
    completeness,
    seqRanges: facts.seqRanges,
    gaps: { missing, declared: declaredGaps },
    conflicts,
    truncations: { count: facts.truncationCount, told: facts.truncations },
    inputsWithoutEcho: facts.hiddenInputs,
    firstHash: facts.firstHash,
    lastHash: facts.lastHash,
    files,
    masked: { events: facts.maskedEvents },
    howToCheck: facts.maskedEvents === 0 ? HOW_TO_CHECK : [...HOW_TO_CHECK, HOW_MASKED],
  }
}
export type Manifest = ReturnType<typeof manifestOf>

/** The manifest as it is written: two spaces, a newline at the end. */
export function renderManifest(manifest: Manifest): Buffer {
  return Buffer.from(`${JSON.stringify(manifest, null, 2)}\n`, 'utf8')
}

/** The manifest alone: every file is rendered once for its digest. */
export async function writeManifest(exported: Export): Promise<Buffer> {
  const digests: FileDigest[] = []
  for (const file of exported.files) digests.push(await digestOf(file))
  return renderManifest(manifestOf(exported, digests))
}
