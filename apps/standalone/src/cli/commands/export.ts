import { join, resolve } from 'node:path'
import type { Command } from 'commander'
import type { QueryValues } from '../api-client.ts'
import { contextOf, examples } from '../context.ts'
import { CliError, ExitCode } from '../exit.ts'
import { revealOption } from '../reveal-option.ts'
import { type SavedFile, saveWhole } from '../save-whole.ts'

type Options = { chain?: string; run?: string; period?: string; metadataOnly?: true; reveal?: '1'; out?: string; report?: string }

export function addExport(program: Command): void {
  program
    .command('export')
    .description('evidence as an archive that sha256sum checks: a chain, a run, or all of a period. It is not signed, and says so')
    .option('--chain <id>', 'a hop chain, with the sessions in it')
    .option('--run <id>', 'a run, with the runs that it started')
    .option('--period <from..to>', 'everything of a time, 2026-11-01T00:00:00Z..2026-12-01T00:00:00Z; the end is outside of it')
    .option('--metadata-only', 'who did what, when and how it went; nothing that was said')
    .option('--out <file>', 'where to write it: .tar.gz, or .tar (default: named after what it is of)')
    .option('--report <file>', 'instead of the archive, one page of HTML about the chain')
    .addOption(revealOption())
    .addHelpText(
      'after',
      examples(
        'export --chain 3f5c…',
        'export --period 2026-11-01T00:00:00Z..2026-12-01T00:00:00Z --metadata-only --out november.tar.gz',
        'export --chain 3f5c… --report chain.html',
      ),
    )
    .action(async (options: Options, command: Command) => {
      const { output, connection } = contextOf(command)
      const { path, query, name } = requestOf(options)
      const file = resolve(options.report ?? options.out ?? join('.', name))
      output.progress(`Writing ${file} …`)
      const saved = await saveWhole(await connection.api.download(path, query), file, (bytes) =>
        output.progress(`Writing ${file} … ${(bytes / 1e6).toFixed(1)} MB`),
      )
      output.clearProgress()
      if (output.isJson) output.json(saved)
      else for (const line of tell(saved, options)) output.line(line)
    })
}

/** @throws CliError unless one thing is named */
function requestOf(options: Options): { path: string; query: QueryValues; name: string } {
  const { chain, run, period, reveal, report, out } = options
  const named = [chain, run, period].filter((one) => one !== undefined)
  if (named.length !== 1) throw new CliError(ExitCode.usage, 'Name one thing to export: --chain, --run or --period.')
  const what = { ...(options.metadataOnly ? { metadata: '1' } : {}), reveal }
  if (report !== undefined) {
    if (chain === undefined) throw new CliError(ExitCode.usage, '--report is of a chain: name it with --chain.')
    if (out !== undefined) throw new CliError(ExitCode.usage, 'Either --report or --out: two commands write both.')
    return { path: `/chains/${encodeURIComponent(chain)}/report`, query: what, name: report }
  }
  const format = out?.endsWith('.tar') ? 'tar' : 'tar.gz'
  const [from, to] = period === undefined ? [] : endsOf(period)
  const name = `hoptrace-${chain ?? run ?? [from, to].map((end) => end?.replaceAll(/[^\dTZ]/g, '')).join('-')}.tar.gz`
  return { path: '/exports', query: { ...what, chain, run, from, to, format }, name }
}

function endsOf(period: string): [string, string] {
  const [from = '', to = '', ...more] = period.split('..')
  if (from === '' || to === '' || more.length > 0) throw new CliError(ExitCode.usage, 'A period is written FROM..TO, both in RFC 3339.')
  return [from, to]
}

function tell({ file, bytes, sha256 }: SavedFile, { report }: Options): string[] {
  const written = `${file}  ${bytes} bytes  sha256 ${sha256}`
  return report === undefined ? [written, 'To check it, unpack it and run: sha256sum -c SHA256SUMS'] : [written]
}
