import type { NestExpressApplication } from '@nestjs/platform-express'
import type { ApiOptions } from '../api-options.ts'
import { createApi } from '../create-api.ts'

export const OPERATOR_TOKEN = 'the-operators-own-token'

/** An api that listens, and asks itself as the operator. */
export class ServedApi {
  private constructor(
    private readonly app: NestExpressApplication,
    readonly base: string,
  ) {}

  /** @param port 0 for any */
  static async start(options: Pick<ApiOptions, 'store' | 'publisher'> & Partial<ApiOptions>, port = 0): Promise<ServedApi> {
    const defaults = {
      tenant: 'default',
      version: '0',
      gatewayId: 'api',
      operatorToken: OPERATOR_TOKEN,
      gatewayUrl: null,
      webDirectory: null,
    }
    const app = await createApi({ ...defaults, changes: { onStored: () => () => undefined }, ...options })
    await app.listen(port, '127.0.0.1')
    return new ServedApi(app, await app.getUrl())
  }

  fetch(path: string, init: RequestInit = {}): Promise<Response> {
    const headers = { authorization: `Bearer ${OPERATOR_TOKEN}`, ...init.headers }
    return fetch(`${this.base}/api/v1${path}`, { redirect: 'manual', ...init, headers })
  }

  async get(path: string): Promise<{ status: number; body: unknown }> {
    const response = await this.fetch(path)
    const text = await response.text()
    return { status: response.status, body: text === '' ? null : JSON.parse(text) }
  }

  post(path: string, body: unknown): Promise<Response> {
    return this.fetch(path, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) })
  }

  close(): Promise<void> {
    return this.app.close()
  }
}
