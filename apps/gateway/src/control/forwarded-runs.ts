import { setTimeout as sleep } from 'node:timers/promises'
import { Uuid } from '@hoptrace/events'
import { z } from 'zod'
import { type Presented, presentedToken } from '../access/access-control.ts'
import type { KnownRuns } from '../access/known-runs.ts'
import type { Callers } from './callers.ts'
import { Problem } from './problem.ts'
import type { RunBook, RunView } from './run-book.ts'
import type { RunService } from './run-service.ts'

const Started = z.object({ run: z.looseObject({ id: Uuid }), token: z.string() })
const Revoked = z.object({ revoked: z.array(Uuid) })
const Refusal = z.object({ type: z.string(), detail: z.string() })

const ANSWER_WITHIN_MS = 10_000
const MAX_ANSWER_BYTES = 1024 * 1024
const HEARD_WITHIN_MS = 2000
const LOOK_EVERY_MS = 5

/** The runs of another gateway, which writes them: starts and revocations go there with the caller's own token, and it judges. */
export class ForwardedRuns implements RunService {
  constructor(
    private readonly writerUrl: string,
    private readonly runs: KnownRuns,
    private readonly book: RunBook,
    private readonly callers: Callers,
  ) {}

  async start(body: unknown, presented: Presented): Promise<z.infer<typeof Started>> {
    const started = await this.forward('/runs', body, presented, Started)
    await this.heard(() => this.runs.find(started.run.id) !== null)
    return started
  }

  async revoke(id: string, reason: string, presented: Presented): Promise<string[]> {
    const { revoked } = await this.forward(`/runs/${encodeURIComponent(id)}/revoke`, { reason }, presented, Revoked)
    await this.heard(() => revoked.every((run) => this.runs.find(run)?.state === 'revoked'))
    return revoked
  }

  async list(presented: Presented): Promise<RunView[]> {
    return this.book.list(this.callers.require(presented))
  }

  async show(id: string, presented: Presented): Promise<RunView> {
    return this.book.show(id, this.callers.require(presented))
  }

  private async forward<T>(path: string, body: unknown, presented: Presented, answer: z.ZodType<T>): Promise<T> {
    const token = presentedToken(presented)
    if (token === null) {
      throw new Problem(403, 'token-required', 'a key cannot be passed on to the gateway that writes the runs: present the token')
    }
    const response = await this.ask(path, body, token)
    const text = await boundedText(response)
    if (!response.ok) throw refusalOf(response.status, text)
    const read = answer.safeParse(jsonOf(text))
    if (!read.success) throw new Problem(502, 'writer-unreadable', 'the gateway that writes the runs gave no answer that could be read')
    return read.data
  }

  private async ask(path: string, body: unknown, token: string): Promise<Response> {
    try {
      return await fetch(new URL(`.${path}`, `${this.writerUrl.replace(/\/+$/, '')}/`), {
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        body: JSON.stringify(body ?? null),
        // The token is for the writer alone.
        redirect: 'error',
        signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
      })
    } catch {
      throw new Problem(503, 'writer-unreachable', 'the gateway that writes the runs cannot be reached')
    }
  }

  // Whoever has the answer finds it in force here; if the topic is slow, it comes a little later.
  private async heard(isHeard: () => boolean): Promise<void> {
    const until = performance.now() + HEARD_WITHIN_MS
    while (!isHeard() && performance.now() < until) await sleep(LOOK_EVERY_MS)
  }
}

async function boundedText(response: Response): Promise<string> {
  const chunks: Uint8Array[] = []
  let length = 0
  try {
    for await (const chunk of response.body ?? []) {
      length += chunk.length
      if (length > MAX_ANSWER_BYTES) throw new RangeError('the answer is too long')
      chunks.push(chunk)
    }
  } catch {
    throw new Problem(502, 'writer-unreadable', 'the answer of the gateway that writes the runs broke off or was too long')
  }
  return Buffer.concat(chunks).toString('utf8')
}

function refusalOf(status: number, text: string): Problem {
  const refusal = Refusal.safeParse(jsonOf(text))
  if (!refusal.success) return new Problem(502, 'writer-unreadable', `the gateway that writes the runs answered ${status}`)
  return new Problem(status, refusal.data.type.replace(/^urn:hoptrace:problem:/, ''), refusal.data.detail)
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
