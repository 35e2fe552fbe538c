import { z } from 'zod'
import type { Act, Run, Session, System } from '../generate/plan.ts'
import { RealRuns } from './told.ts'

// andreashappe/cochise (MIT): newline-delimited JSON of LLM agents, a planner and its executors, attacking a test network from one machine.
const Line = z.object({ event: z.string(), agent: z.string().optional(), timestamp: z.string() }).loose()
const Call = z.object({
  event: z.literal('tool_call'),
  tool_name: z.string(),
  tool_call_id: z.string(),
  params: z.record(z.string(), z.unknown()),
})
const Result = z.object({ event: z.literal('tool_result'), tool_call_id: z.string(), result: z.unknown() })
const Configuration = z.object({ event: z.literal('configuration'), 'ssh-host': z.string(), 'ssh-user': z.string(), scenario: z.string() })

/** A run as sessions, with what the agent itself noted as captured. */
export type AttackRun = { name: string; told: RealRuns; secrets: string[]; commands: Act[] }

/**
 * The planner is a root run; each task that it hands out is a run of its own, with an SSH session to the machine that all commands
 * run on: a command is an exec, its output what that printed.
 */
export function attackRun(name: string, text: string): AttackRun {
  const reader = new Reader(name)
  for (const line of text.split('\n')) if (line.trim() !== '') reader.take(JSON.parse(line))
  return reader.run
}

type Doing = { session: Session; act: Extract<Act, { kind: 'exec' }> }

class Reader {
  readonly run: AttackRun
  private readonly told: RealRuns
  private root: Run | null = null
  private machine: System | null = null
  private readonly executors = new Map<string, Session>()
  private readonly running = new Map<string, Doing>()

  constructor(name: string) {
    this.told = new RealRuns(name)
    this.run = { name, told: this.told, secrets: [], commands: [] }
  }

  take(json: unknown): void {
    const line = Line.safeParse(json)
    if (!line.success) return
    const atUs = Date.parse(line.data.timestamp) * 1000
    const configuration = Configuration.safeParse(json)
    if (configuration.success) this.begin(configuration.data, atUs)
    const call = Call.safeParse(json)
    if (call.success) this.called(call.data, line.data.agent ?? '', atUs)
    const result = Result.safeParse(json)
    if (result.success) this.answered(result.data, atUs)
  }

  private begin({ 'ssh-host': host, 'ssh-user': account, scenario }: z.infer<typeof Configuration>, atUs: number): void {
    this.machine = { name: 'attack-machine', protocol: 'ssh', host, address: host, port: 22, account, isPrivileged: false }
    this.root = this.told.run(planner, atUs, scenario)
  }

  private called({ tool_name: tool, tool_call_id: id, params }: z.infer<typeof Call>, agent: string, atUs: number): void {
    if (tool === 'perform_task' && this.root && this.machine) {
      const task = `${params.next_step ?? ''}\n${params.next_step_context ?? ''}`
      this.executors.set(id, this.told.open(this.told.run(executor, atUs, task, this.root), this.machine, atUs + 1))
    }
    if (tool === 'add_compromised_account') this.run.secrets.push(...secretsIn(String(params.password ?? '')))
    const session = this.executors.get(agent)
    if (tool !== 'execute_command' || !session) return
    const act = { kind: 'exec', command: String(params.command ?? ''), output: '', status: 0, atUs } as const
    const doing = { session, act: { ...act } }
    session.acts.push(doing.act)
    this.run.commands.push(doing.act)
    this.running.set(id, doing)
  }

  private answered({ tool_call_id: id, result }: z.infer<typeof Result>, atUs: number): void {
    const doing = this.running.get(id)
    if (doing) doing.act.output = typeof result === 'string' ? result : JSON.stringify(result)
    const session = this.executors.get(id)
    if (session) session.endUs = atUs
  }
}

const planner = { principal: 'planner', rootPrincipal: 'tester', template: 'planner', version: '1', address: '192.0.2.10' }
const executor = { ...planner, principal: 'executor', template: 'executor' }

// `LM:NT` hashes are used by their second half as well.
function secretsIn(noted: string): string[] {
  const parts = noted.split(':').filter((part) => part.length >= 4 && !EMPTY_LM.includes(part))
  return [...new Set(parts)]
}

/** The LM hash of nothing: every account has it. */
const EMPTY_LM = ['aad3b435b51404eeaad3b435b51404ee']
