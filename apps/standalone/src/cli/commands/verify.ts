import { type SessionVerdict, VerifyPage } from '@hoptrace/api'
import type { Command } from 'commander'
import { contextOf, examples } from '../context.ts'
import { CliError, ExitCode } from '../exit.ts'

type VerifyOptions = { session?: string; from?: string; to?: string }

export function addVerify(program: Command): void {
  program
    .command('verify')
    .description('walk sequence numbers, hashes and heartbeats, and say of each session whether its recording is whole')
    .option('--session <id>', 'one session alone')
    .option('--from <time>', 'start of the range (RFC 3339); default: everything')
    .option('--to <time>', 'end of the range')
    .addHelpText('after', examples('verify', 'verify --session 0190f3c2-…', 'verify --json | jq .counts'))
    .action(async (options: VerifyOptions, command: Command) => {
      const { output, connection } = contextOf(command)
      const verdicts: SessionVerdict[] = []
      for await (const verdict of connection.api.all('/verify', VerifyPage, options)) {
        verdicts.push(verdict)
        output.progress(`${verdicts.length} sessions …`)
      }
      output.clearProgress()
      const counts = countsOf(verdicts)
      const problems = verdicts.filter(({ completeness }) => completeness === 'gap' || completeness === 'conflict')
      if (output.isJson) output.json({ counts, sessions: options.session === undefined ? problems : verdicts })
      else {
        if (problems.length > 0) output.table(problems, columns, '')
        output.line(
          `${verdicts.length} sessions: ${Object.entries(counts)
            .filter(([word, count]) => count > 0 || word !== 'expired')
            .map(([word, count]) => `${count} ${word}`)
            .join(', ')}.`,
        )
      }
      if (problems.length > 0) throw new CliError(ExitCode.verificationProblem, `${problems.length} recordings are not whole.`)
    })
}

const columns = [
  { title: 'session', of: (verdict: SessionVerdict) => verdict.sessionId },
  { title: 'verdict', of: (verdict: SessionVerdict) => verdict.completeness },
  { title: 'events', of: (verdict: SessionVerdict) => verdict.events, align: 'right' as const },
  {
    title: 'missing',
    of: (verdict: SessionVerdict) => verdict.missing.map(([from, to]) => (from === to ? from : `${from}-${to}`)).join(', ') || null,
  },
  { title: 'conflicts', of: (verdict: SessionVerdict) => verdict.conflicts.join(', ') || null },
  { title: 'gaps', of: (verdict: SessionVerdict) => verdict.declaredGaps.join(', ') || null },
  { title: 'wrong hashes', of: (verdict: SessionVerdict) => verdict.wrongHashes.join(', ') || null },
]

function countsOf(verdicts: readonly SessionVerdict[]): VerifyPage['counts'] {
  const counts = { complete: 0, unfinished: 0, gap: 0, conflict: 0, expired: 0 }
  for (const { completeness } of verdicts) counts[completeness] += 1
  return counts
}
