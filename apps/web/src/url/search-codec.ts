/** Search parameters as plain text: a repeated key is a list, so that addresses stay readable and can be written by hand. */
export function parseSearch(search: string): Record<string, unknown> {
  const parsed: Record<string, unknown> = {}
  const params = new URLSearchParams(search)
  for (const key of new Set(params.keys())) {
    const values = params.getAll(key)
    parsed[key] = values.length === 1 ? values[0] : values
  }
  return parsed
}

/** The inverse of `parseSearch`. Absent, empty and false members are left out. */
export function stringifySearch(search: Record<string, unknown>): string {
  const params = new URLSearchParams()
  for (const [key, value] of Object.entries(search)) {
    for (const item of Array.isArray(value) ? value : [value]) {
      if (item !== undefined && item !== null && item !== '' && item !== false) params.append(key, String(item))
    }
  }
  const text = params.toString()
  return text === '' ? '' : `?${text}`
}
