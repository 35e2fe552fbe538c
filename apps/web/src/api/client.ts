import { ApiProblem, problemOf } from './problem.ts'

const BASE = '/api/v1'

export type Params = Record<string, string | number | readonly string[] | undefined>

/** A path of the api. Parts are encoded: ids may come from recorded text. */
export function apiPath(parts: readonly (string | number)[], params: Params = {}): string {
  const search = new URLSearchParams()
  for (const [key, value] of Object.entries(params)) {
    for (const item of Array.isArray(value) ? value : [value]) if (item !== undefined && item !== '') search.append(key, String(item))
  }
  const query = search.toString()
  return `${BASE}/${parts.map((part) => encodeURIComponent(part)).join('/')}${query === '' ? '' : `?${query}`}`
}

/** @throws ApiProblem, also when the server cannot be reached */
export async function getJson<T>(path: string, signal?: AbortSignal): Promise<T> {
  return request<T>(path, { headers: { accept: 'application/json' }, ...(signal ? { signal } : {}) })
}

export async function postJson<T>(path: string, body: unknown): Promise<T> {
  return send<T>('POST', path, body)
}

export async function putJson<T>(path: string, body: unknown): Promise<T> {
  return send<T>('PUT', path, body)
}

function send<T>(method: string, path: string, body: unknown): Promise<T> {
  return request<T>(path, {
    method,
    headers: { accept: 'application/json', 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
}

async function request<T>(path: string, init: RequestInit): Promise<T> {
  const response = await fetch(path, { credentials: 'same-origin', ...init }).catch((error: unknown) => {
    if (error instanceof DOMException && error.name === 'AbortError') throw error
    throw new ApiProblem({
      title: 'The platform does not answer',
      status: 0,
      code: 'UNREACHABLE',
      detail: 'The request did not reach the server. Is the platform running?',
    })
  })
  if (!response.ok) throw await problemOf(response)
  return response.status === 204 ? (undefined as T) : ((await response.json()) as T)
}
