import type { Problem } from '@hoptrace/api'

/** An answer that is an error, in the api's words (RFC 9457). */
export class ApiProblem extends Error {
  override readonly name = 'ApiProblem'
  constructor(readonly problem: Pick<Problem, 'title' | 'status' | 'detail' | 'errors' | 'faults'> & { code: string }) {
    super(problem.detail ?? problem.title)
  }
}

/** The problem that an answer states; where it states none (a proxy's page), one made from its status. */
export async function problemOf(response: Response): Promise<ApiProblem> {
  const isProblem = response.headers.get('content-type')?.includes('json') ?? false
  const body: unknown = isProblem ? await response.json().catch(() => null) : null
  if (body !== null && typeof body === 'object' && 'title' in body && 'status' in body) return new ApiProblem(body as Problem)
  return new ApiProblem({ title: response.statusText || 'The request failed', status: response.status, code: 'INTERNAL' })
}
