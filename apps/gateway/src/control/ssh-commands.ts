import { parseArgs } from 'node:util'
import { GRANT_SYNTAX, readGrant } from '@hoptrace/events'
import type { Presented } from '../access/access-control.ts'
import type { Callers } from './callers.ts'
import { Problem } from './problem.ts'
import type { RunService } from './run-service.ts'

export type CommandResult = { stdout: string; stderr: string; status: number }

const USAGE = `usage: run start --principal NAME --grant GRANT [--grant GRANT]… [--task TEXT] [--ttl 30m] [--agent TEMPLATE@VERSION]
         GRANT is ${GRANT_SYNTAX}
         orders:postgres   bastion:ssh+forward   prod:kubernetes,namespaces=shop,verbs=get|list   billing:http,methods=GET,paths=/v1/**
       run list
       run revoke ID [--reason TEXT]
`

/** The commands of `ssh hoptrace@gateway run …`. They answer JSON on stdout. */
export class SshCommands {
  constructor(
    private readonly runs: RunService,
    private readonly callers: Callers,
  ) {}

  /** May whoever presents this give commands? */
  isKnown(presented: Presented): boolean {
    return this.callers.ofPresented(presented) !== null
  }

  /** Never rejects: what goes wrong is said on stderr, with a status above 0. */
  async run(args: readonly string[], presented: Presented): Promise<CommandResult> {
    if (!this.isKnown(presented)) return { stdout: '', stderr: 'this token is not known, or its run has ended\n', status: 4 }
    try {
      const answer = await this.dispatch(args, presented)
      return answer === null ? { stdout: '', stderr: USAGE, status: 2 } : { stdout: `${JSON.stringify(answer)}\n`, stderr: '', status: 0 }
    } catch (error) {
      if (error instanceof Problem) return { stdout: '', stderr: `${error.detail}\n`, status: 1 }
      // parseArgs says what is wrong with the words of the call.
      if (error instanceof TypeError) return { stdout: '', stderr: `${error.message}\n${USAGE}`, status: 2 }
      console.error(JSON.stringify({ level: 'error', message: 'command over ssh failed', fault: String(error) }))
      return { stdout: '', stderr: 'the gateway failed to answer; its log says more\n', status: 1 }
    }
  }

  private async dispatch(args: readonly string[], presented: Presented): Promise<unknown> {
    const [noun, verb, ...rest] = args
    if (noun !== 'run') return null
    if (verb === 'list') return { runs: await this.runs.list(presented) }
    if (verb === 'start') return this.runs.start(mintRequestOf(rest), presented)
    if (verb !== 'revoke' || !rest[0]) return null
    const { values } = parseArgs({ args: rest.slice(1), options: { reason: { type: 'string' } } })
    return { revoked: await this.runs.revoke(rest[0], values.reason ?? '', presented) }
  }
}

function mintRequestOf(args: string[]) {
  const text = { type: 'string' } as const
  const { values } = parseArgs({
    args,
    options: { principal: text, task: text, ttl: text, agent: text, owner: text, grant: { type: 'string', multiple: true } },
  })
  const [template, version] = values.agent?.split('@') ?? []
  return {
    principal: values.principal,
    task: values.task ?? '',
    owner: values.owner ?? null,
    ttlSeconds: secondsOf(values.ttl ?? '30m'),
    agent: template ? { template, version: version ?? '' } : null,
    grants: (values.grant ?? []).map(grantOf),
  }
}

/** `90s`, `30m`, `8h`, `2d`. NaN for anything else, which no schema accepts. */
export function secondsOf(duration: string): number {
  const match = /^(\d{1,6})([smhd])$/.exec(duration)
  const unit = { s: 1, m: 60, h: 3600, d: 86_400 }[match?.[2] ?? '']
  return match && unit ? Number(match[1]) * unit : Number.NaN
}

function grantOf(text: string) {
  const read = readGrant(text)
  if (read.kind === 'invalid') throw new Problem(400, 'invalid', `--grant ${text}: ${read.problem}`)
  return read.grant
}
