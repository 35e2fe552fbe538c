import { createReadStream } from 'node:fs'
import { Readable } from 'node:stream'
import { Problem } from '@hoptrace/api'
import type { z } from 'zod'
import { CliError, ExitCode, errorOf } from './exit.ts'

export type QueryValues = Record<string, string | number | readonly string[] | undefined>
type Body = string | Buffer | ReadableStream<Uint8Array>
export type Paged<T> = { items: T[]; nextCursor: string | null }

/** The api over HTTP. Every answer is read by its schema. */
export class ApiClient {
  /** @param token asked for before each request; null sends none */
  constructor(
    private readonly base: string,
    private readonly token: () => Promise<string | null>,
  ) {}

  async get<T extends z.ZodType>(path: string, answer: T, query: QueryValues = {}): Promise<z.infer<T>> {
    return this.read(await this.send('GET', path, query), answer)
  }

  /** As `get`; null where there is none. */
  async find<T extends z.ZodType>(path: string, answer: T): Promise<z.infer<T> | null> {
    try {
      return await this.get(path, answer)
    } catch (error) {
      if (error instanceof CliError && error.exitCode === ExitCode.notFound) return null
      throw error
    }
  }

  async post<T extends z.ZodType>(path: string, body: unknown, answer: T): Promise<z.infer<T>> {
    return this.read(await this.send('POST', path, {}, JSON.stringify(body), 'application/json'), answer)
  }

  async put<T extends z.ZodType>(path: string, body: unknown, answer: T): Promise<z.infer<T>> {
    return this.read(await this.send('PUT', path, {}, JSON.stringify(body), 'application/json'), answer)
  }

  async delete(path: string): Promise<void> {
    await this.send('DELETE', path, {})
  }

  async upload<T extends z.ZodType>(path: string, query: QueryValues, body: Buffer, answer: T): Promise<z.infer<T>> {
    return this.read(await this.send('POST', path, query, body, 'application/octet-stream'), answer)
  }

  /** The same for a file of any size, as it is read. */
  async uploadFile<T extends z.ZodType>(path: string, query: QueryValues, file: string, answer: T): Promise<z.infer<T>> {
    const body = Readable.toWeb(createReadStream(file)) as ReadableStream<Uint8Array>
    return this.read(await this.send('POST', path, query, body, 'application/octet-stream'), answer)
  }

  /** The answer's body as it comes. */
  async download(path: string, query: QueryValues = {}): Promise<ReadableStream<Uint8Array>> {
    const { body } = await this.send('GET', path, query)
    return body ?? new ReadableStream({ start: (controller) => controller.close() })
  }

  /** Every item of every page, as they come. */
  async *all<T>(path: string, page: z.ZodType<Paged<T>>, query: QueryValues = {}): AsyncGenerator<T> {
    let cursor: string | null = null
    do {
      const got: Paged<T> = await this.get(path, page, { ...query, ...(cursor === null ? {} : { cursor }) })
      yield* got.items
      cursor = got.nextCursor
    } while (cursor !== null)
  }

  /** Every item of every page, at once. */
  async gather<T>(path: string, page: z.ZodType<Paged<T>>, query: QueryValues = {}): Promise<T[]> {
    const items: T[] = []
    for await (const item of this.all(path, page, query)) items.push(item)
    return items
  }

  private async read<T extends z.ZodType>(response: Response, answer: T): Promise<z.infer<T>> {
    const read = answer.safeParse(await response.json())
    if (read.success) return read.data
    throw new CliError(
      ExitCode.failure,
      `The server's answer cannot be read (${read.error.issues[0]?.path.join('.')}): are the versions the same?`,
    )
  }

  private async send(method: string, path: string, query: QueryValues, body?: Body, type?: string): Promise<Response> {
    const url = new URL(`/api/v1${path}`, this.base)
    for (const [name, value] of Object.entries(query)) {
      for (const one of Array.isArray(value) ? value : [value]) if (one !== undefined) url.searchParams.append(name, String(one))
    }
    const token = await this.token()
    const headers = {
      ...(token === null ? {} : { authorization: `Bearer ${token}` }),
      ...(type === undefined ? {} : { 'content-type': type }),
    }
    const response = await this.reach(url, { method, headers, ...(body === undefined ? {} : { body, duplex: 'half' }) })
    if (response.ok) return response
    throw await refusalOf(response)
  }

  private async reach(url: URL, init: RequestInit): Promise<Response> {
    try {
      return await fetch(url, init)
    } catch {
      throw new CliError(
        ExitCode.cannotReach,
        `Cannot reach ${url.origin}. Is the platform running? Start it with \`hoptrace serve\`, or set HOPTRACE_URL.`,
      )
    }
  }
}

async function refusalOf(response: Response): Promise<CliError> {
  const read = Problem.safeParse(await response.json().catch(() => null))
  return errorOf(read.success ? read.data : { status: response.status, title: `The server answered ${response.status}` })
}
