import { request } from 'undici'

export type ServiceLogin = { token: string; credential: string }

/** Asks an internal service over HTTP through the gateway: the run token in its own header, the service's credential as the service wants it. */
export async function askService(door: string, url: URL, { token, credential }: ServiceLogin): Promise<{ status: number; text: string }> {
  const headers = { host: url.host, 'hoptrace-token': token, authorization: `Bearer ${credential}`, accept: 'application/json' }
  const { statusCode, body } = await request(`${door}${url.pathname}${url.search}`, { headers })
  return { status: statusCode, text: await body.text() }
}
