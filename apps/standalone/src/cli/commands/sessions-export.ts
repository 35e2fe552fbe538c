import { createWriteStream, mkdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { ReadableStream } from 'node:stream/web'
import { SessionDetail } from '@hoptrace/api'
import { type Command, Option } from 'commander'
import { contextOf, examples } from '../context.ts'

const extensions = { asciicast: 'cast', jsonl: 'jsonl', csv: 'csv', text: 'txt', manifest: 'manifest.json' } as const
type Format = keyof typeof extensions
const formats = Object.keys(extensions) as Format[]

export function addSessionsExport(sessions: Command): void {
  sessions
    .command('export')
    .description('write a session into a folder, with a manifest of counts, gaps and SHA-256 sums')
    .argument('<session>', 'its id')
    .requiredOption('--dir <dir>', 'the folder')
    .addOption(new Option('--format <format>', 'one format, instead of all that fit').choices(formats))
    .addHelpText('after', examples('sessions export 0190f3c2-… --dir ./evidence', 'sessions export 0190f3c2-… --dir . --format jsonl'))
    .action(async (id: string, { dir, format }: { dir: string; format?: Format }, command: Command) => {
      const { output, connection } = contextOf(command)
      const session = await connection.api.get(`/sessions/${encodeURIComponent(id)}`, SessionDetail)
      const directory = resolve(dir)
      mkdirSync(directory, { recursive: true, mode: 0o700 })
      const files: string[] = []
      for (const one of format ? [format] : formatsOf(session)) {
        const file = join(directory, `${session.id}.${extensions[one]}`)
        output.progress(`Writing ${file} …`)
        const body = await connection.api.download(`/sessions/${session.id}/export`, { format: one })
        await pipeline(Readable.fromWeb(body as ReadableStream), createWriteStream(file, { mode: 0o600 }))
        files.push(file)
      }
      output.clearProgress()
      if (output.isJson) output.json({ session: session.id, files })
      else for (const file of files) output.line(file)
    })
}

function formatsOf({ isTerminal, isSql }: SessionDetail): Format[] {
  return formats.filter((format) => (format === 'asciicast' ? isTerminal : format === 'csv' ? isSql : true))
}
