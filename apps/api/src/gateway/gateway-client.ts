import { AgentRef, Grant, Uuid, WallMicros } from '@hoptrace/events'
import { z } from 'zod'
import { Listeners, type StartRunRequest, TargetCheck, TargetInfo } from '../contract/index.ts'
import { ProblemError } from '../http/problem.ts'

const TIMEOUT_MS = 10_000
/** Every target is tried, each with its own time-out at the gateway. */
const CHECK_TIMEOUT_MS = 120_000
const MAX_ANSWER_BYTES = 16 * 1024 * 1024

/** The gateway says a moment in microseconds, or as RFC 3339. */
const GatewayMoment = z.union([WallMicros, z.iso.datetime({ offset: true })])

export const GatewayRun = z.object({
  id: Uuid,
  principal: z.string(),
  rootPrincipal: z.string().nullable(),
  lineage: z.array(Uuid),
  agent: AgentRef.nullable().default(null),
  task: z.string(),
  owner: z.string(),
  grants: z.array(Grant),
  startedAt: GatewayMoment,
  expiresAt: GatewayMoment,
  state: z.enum(['live', 'expired', 'revoked']),
  openSessions: z.int().default(0),
})
export type GatewayRun = z.infer<typeof GatewayRun>

type Request = { method: 'GET' | 'POST'; path: string; body?: unknown; timeoutMs?: number }

/** The gateway's control endpoint, asked with an operator's or a run's token. */
export class GatewayClient {
  constructor(
    /** Null when no gateway is configured. */
    private readonly baseUrl: string | null,
    private readonly token: string,
  ) {}

  /** Null when the gateway cannot be reached: recorded runs are shown without their live state. */
  async runsIfReachable(): Promise<GatewayRun[] | null> {
    try {
      return await this.runs()
    } catch (error) {
      if (error instanceof ProblemError) return null
      throw error
    }
  }

  /** Every run that the caller may see. */
  async runs(): Promise<GatewayRun[]> {
    return (await this.ask({ method: 'GET', path: '/runs' }, z.object({ runs: z.array(GatewayRun) }))).runs
  }

  /** A root run for an operator; for a run, a child of it. */
  startRun(request: StartRunRequest): Promise<{ run: GatewayRun; token: string }> {
    return this.ask({ method: 'POST', path: '/runs', body: request }, z.object({ run: GatewayRun, token: z.string() }))
  }

  revokeRun(id: string, reason: string): Promise<{ revoked: string[] }> {
    return this.ask({ method: 'POST', path: `/runs/${id}/revoke`, body: { reason } }, z.object({ revoked: z.array(Uuid) }))
  }

  async targets(): Promise<TargetInfo[]> {
    return (await this.ask({ method: 'GET', path: '/targets' }, z.object({ targets: z.array(TargetInfo) }))).targets
  }

  checkTargets(): Promise<{ results: TargetCheck[] }> {
    const request = { method: 'POST', path: '/targets/check', body: {}, timeoutMs: CHECK_TIMEOUT_MS } as const
    return this.ask(request, z.object({ results: z.array(TargetCheck) }))
  }

  listeners(): Promise<Listeners> {
    return this.ask({ method: 'GET', path: '/listeners' }, Listeners)
  }

  /** One sentence when a configured gateway does not record; null when all is well. */
  async problem(): Promise<string | null> {
    if (this.baseUrl === null) return null
    try {
      const { recording } = await this.ask({ method: 'GET', path: '/healthz' }, z.object({ recording: z.string().default('ok') }))
      return recording === 'ok' ? null : `The gateway does not record: ${recording}.`
    } catch (error) {
      if (error instanceof ProblemError) return error.message
      throw error
    }
  }

  /** @throws ProblemError GATEWAY_UNREACHABLE, or what the gateway itself answered */
  private async ask<T extends z.ZodType>(request: Request, answer: T): Promise<z.infer<T>> {
    const response = await this.send(request)
    const body = await bodyOf(response)
    if (!response.ok) throw refusal(response.status, body)
    const read = answer.safeParse(body)
    if (!read.success) throw new ProblemError('GATEWAY_REFUSED', `The gateway's answer to ${request.path} cannot be read.`)
    return read.data
  }

  private async send({ method, path, body, timeoutMs = TIMEOUT_MS }: Request): Promise<Response> {
    if (this.baseUrl === null) throw new ProblemError('GATEWAY_UNREACHABLE', 'No gateway is configured.')
    const headers = { authorization: `Bearer ${this.token}`, ...(body === undefined ? {} : { 'content-type': 'application/json' }) }
    const content = body === undefined ? {} : { body: JSON.stringify(body) }
    try {
      return await fetch(new URL(path, this.baseUrl), {
        method,
        headers,
        ...content,
        signal: AbortSignal.timeout(timeoutMs),
        redirect: 'error',
      })
    } catch {
      throw new ProblemError('GATEWAY_UNREACHABLE', 'The gateway does not answer. Is it running?')
    }
  }
}

async function bodyOf(response: Response): Promise<unknown> {
  try {
    const text = await response.text()
    return text.length > MAX_ANSWER_BYTES ? undefined : JSON.parse(text)
  } catch {
    return undefined
  }
}

const Refusal = z.object({ title: z.string().optional(), detail: z.string().optional() })

// The gateway's own 4xx is the caller's to mend: it keeps its status. Anything else is the gateway's fault.
function refusal(status: number, body: unknown): ProblemError {
  const read = Refusal.safeParse(body)
  const detail = read.success ? (read.data.detail ?? read.data.title) : undefined
  if (status === 400 || status === 422) return new ProblemError('INVALID_REQUEST', detail)
  if (status === 401 || status === 403) return new ProblemError('NOT_AUTHORISED', detail)
  if (status === 404) return new ProblemError('NOT_FOUND', detail)
  if (status === 409) return new ProblemError('CONFLICT', detail)
  return new ProblemError('GATEWAY_REFUSED', detail)
}
