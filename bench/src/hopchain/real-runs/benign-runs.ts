import { z } from 'zod'
import type { System } from '../generate/plan.ts'
import { MINUTE, SECOND } from '../generate/story.ts'
import { RealRuns } from './told.ts'

// sierra-research/tau-bench (MIT): 200 runs of an airline's agent, which calls tools. They say no times: those are made up.
const Runs = z.array(
  z.object({
    task_id: z.int(),
    traj: z.array(
      z
        .object({
          role: z.string(),
          content: z.string().nullable(),
          tool_call_id: z.string().optional(),
          tool_calls: z.array(z.object({ id: z.string(), function: z.object({ name: z.string(), arguments: z.string() }) })).nullish(),
        })
        .loose(),
    ),
  }),
)

const BEGIN_US = Date.UTC(2026, 9, 5) * 1000

/** Each run asks services over HTTP, which stand for what its tools work on: accounts, reservations, flights and the rest. */
export function benignRuns(text: string): RealRuns {
  const told = new RealRuns('benign')
  for (const [n, { traj }] of Runs.parse(JSON.parse(text)).entries()) {
    let atUs = BEGIN_US + n * 5 * MINUTE
    const asked = traj.find(({ role }) => role === 'user')?.content ?? ''
    const run = told.run({ ...agent, principal: `airline-${n % 8}` }, atUs, asked)
    const results = new Map(traj.map(({ tool_call_id: id, content }) => [id ?? '', content ?? '']))
    const sessions = new Map<string, ReturnType<RealRuns['open']>>()
    for (const { id, function: call } of traj.flatMap(({ tool_calls: calls }) => calls ?? [])) {
      atUs += 4 * SECOND
      const system = systemOf(call.name)
      const session = sessions.get(system.name) ?? told.open(run, system, atUs)
      sessions.set(system.name, session)
      session.acts.push({ kind: 'tool', name: call.name, arguments: call.arguments, result: results.get(id) ?? '', atUs })
      session.endUs = atUs + SECOND
    }
  }
  return told
}

const agent = { principal: 'airline', rootPrincipal: 'desk', template: 'airline', version: '1', address: '192.0.2.20' }

function systemOf(tool: string): System {
  const name = ['user', 'reservation', 'flight', 'airport', 'certificate'].find((word) => tool.includes(word)) ?? 'desk'
  return {
    name: `${name}-service`,
    protocol: 'http',
    host: `${name}-service.internal`,
    address: '10.9.0.1',
    port: 8080,
    account: 'svc',
    isPrivileged: false,
  }
}
