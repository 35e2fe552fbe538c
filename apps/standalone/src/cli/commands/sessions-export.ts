import { createHash } from 'node:crypto'
import { createReadStream, createWriteStream, mkdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { ReadableStream } from 'node:stream/web'
import { ExportManifest, SessionDetail } from '@hoptrace/api'
import { type Command, Option } from 'commander'
import type { ApiClient, QueryValues } from '../api-client.ts'
import { contextOf, examples } from '../context.ts'
import { CliError, ExitCode } from '../exit.ts'
import { revealOption } from '../reveal-option.ts'

const formats = ['asciicast', 'har', 'jsonl', 'csv', 'text'] as const
type Format = (typeof formats)[number]

export function addSessionsExport(sessions: Command): void {
  sessions
    .command('export')
    .description('write a session into a folder, with a manifest of counts, gaps and SHA-256 sums')
    .argument('<session>', 'its id')
    .requiredOption('--dir <dir>', 'the folder; the files go into one of its own, named by the session')
    .addOption(new Option('--format <format>', 'this format alone').choices(formats))
    .addOption(revealOption())
    .addHelpText(
      'after',
      examples('sessions export 0190f3c2-… --dir ./evidence', 'sessions export 0190f3c2-… --dir . --format jsonl --reveal'),
    )
    .action(async (id: string, { dir, format, reveal }: { dir: string; format?: Format; reveal?: '1' }, command: Command) => {
      const { output, connection } = contextOf(command)
      const { api } = connection
      const session = await api.get(`/sessions/${encodeURIComponent(id)}`, SessionDetail)
      const directory = join(resolve(dir), session.id)
      mkdirSync(directory, { recursive: true, mode: 0o700 })
      // Pinned, so that what is recorded meanwhile does not part the files from their manifest.
      const pinned = { through: session.lastSeq, reveal }
      const path = `/sessions/${session.id}/export`
      const manifest = await api.get(path, ExportManifest, { ...pinned, format: 'manifest' })
      const files = [join(directory, 'manifest.json')]
      await download(api, path, { ...pinned, format: 'manifest' }, join(directory, 'manifest.json'))
      for (const { name, sha256 } of manifest.files) {
        const query = queryOf(name)
        if (query === null || (format !== undefined && query.format !== format)) continue
        const file = join(directory, name)
        output.progress(`Writing ${file} …`)
        await download(api, path, { ...pinned, ...query }, file)
        if ((await sha256Of(file)) !== sha256) throw new CliError(ExitCode.failure, `${file} is not what its manifest says`)
        files.push(file)
      }
      output.clearProgress()
      if (output.isJson) output.json({ session: session.id, files })
      else for (const file of files) output.line(file)
    })
}

/** Which file of the export a name in the manifest is. */
function queryOf(name: string): { format: Format; channel?: string } | null {
  const cast = /^terminal-(\d+)\.cast$/.exec(name)
  if (cast?.[1]) return { format: 'asciicast', channel: cast[1] }
  const known: Record<string, Format> = {
    'events.jsonl': 'jsonl',
    'events.csv': 'csv',
    'transcript.txt': 'text',
    'requests.har': 'har',
  }
  const format = known[name]
  return format === undefined ? null : { format }
}

async function download(api: ApiClient, path: string, query: QueryValues, file: string): Promise<void> {
  const body = await api.download(path, query)
  await pipeline(Readable.fromWeb(body as ReadableStream), createWriteStream(file, { mode: 0o600 }))
}

async function sha256Of(file: string): Promise<string> {
  const hash = createHash('sha256')
  await pipeline(createReadStream(file), hash)
  return hash.digest('hex')
}
