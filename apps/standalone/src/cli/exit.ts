import type { Problem } from '@hoptrace/api'

/** What the process ends with. Scripts key on these: they never change. */
export const ExitCode = {
  ok: 0,
  failure: 1,
  usage: 2,
  notFound: 3,
  notAuthorised: 4,
  cannotReach: 5,
  verificationProblem: 6,
} as const
export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode]

/** Ends the command with a message to the person and a code to the script. */
export class CliError extends Error {
  constructor(
    readonly exitCode: ExitCode,
    message: string,
  ) {
    super(message)
  }
}

/** The server's problem as the command's end. */
export function errorOf(problem: Pick<Problem, 'status' | 'title' | 'detail' | 'faults'> & { code?: string }): CliError {
  const said = problem.faults ? problem.faults.map(faultLine).join('\n') : (problem.detail ?? problem.title)
  return new CliError(exitCodeOf(problem.status, problem.code), [said, hintOf(problem.status)].filter(Boolean).join('\n'))
}

/** `12:30: detection.condition: …`. */
export function faultLine({ line, column, message }: { line: number; column: number; message: string }): string {
  return `${line}:${column}: ${message}`
}

function exitCodeOf(status: number, code: string | undefined): ExitCode {
  if (code === 'GATEWAY_UNREACHABLE') return ExitCode.cannotReach
  if (status === 400) return ExitCode.usage
  if (status === 401 || status === 403) return ExitCode.notAuthorised
  return status === 404 || status === 410 ? ExitCode.notFound : ExitCode.failure
}

function hintOf(status: number): string | null {
  if (status === 401) return 'Log in with `hoptrace login`; or see whether HOPTRACE_TOKEN is set to a token that has ended.'
  return status === 403 ? 'What you may do: hoptrace whoami' : null
}
