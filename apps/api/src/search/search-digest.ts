import { createHmac } from 'node:crypto'

/** Tells equal searches of a tenant from others without telling the words, which may be a secret that was pasted. */
export type SearchDigest = (tenant: string, words: string) => string

export function searchDigest(secret: string): SearchDigest {
  const key = createHmac('sha256', secret).update('hoptrace search digest v1').digest()
  return (tenant, words) => createHmac('sha256', key).update(`${tenant}\0${words.trim().toLowerCase()}`).digest('hex').slice(0, 32)
}
