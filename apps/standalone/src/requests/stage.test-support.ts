import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createApi } from '@hoptrace/api'
import { asPublisher, Ingest } from '@hoptrace/ingest'
import { openStore } from '@hoptrace/store'
import { aKubernetesSession, anHttpSession, freePort, HTTP_SECRET, KUBERNETES_SECRET } from '@hoptrace/testing'
import type { RequestsStory } from '@hoptrace/web'

const WEB = fileURLToPath(new URL('../../../web/dist', import.meta.url))
const OPERATOR_TOKEN = 'hopop_the-operators-own-token'
/** Ten minutes ago: within the range that pages show by themselves. */
const AGO_MS = 600_000

export type RequestsStage = { url: string; story: RequestsStory; loginLink(): Promise<string>; stop(): Promise<void> }

/** A store with a session of HTTP and one of Kubernetes, and the api that serves the workbench. */
export async function startRequestsStage(): Promise<RequestsStage> {
  const directory = mkdtempSync(join(tmpdir(), 'hoptrace-requests-'))
  const store = await openStore({ kind: 'embedded', path: directory, readers: 4 })
  await store.migrate()
  const publisher = asPublisher(new Ingest(store, { tenant: 'default', now: Date.now }))
  const http = anHttpSession({ startMs: Date.now() - AGO_MS })
  const cluster = aKubernetesSession({ startMs: Date.now() - AGO_MS })
  for (const { encoded } of [http, cluster]) await publisher.publish(encoded)
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const api = await createApi({
    ...{ tenant: 'default', version: '0.0.0', gatewayId: 'api', operatorToken: OPERATOR_TOKEN, gatewayUrl: null, publicUrl: url },
    ...{ webDirectory: WEB, publisher, store, changes: { onStored: () => () => undefined } },
  })
  await api.listen(port, '127.0.0.1')
  return {
    url,
    story: { httpSessionId: http.id, kubernetesSessionId: cluster.id, secret: HTTP_SECRET, kubernetesSecret: KUBERNETES_SECRET },
    loginLink: () => mintLink(url),
    stop: async () => {
      await api.close()
      await store.close()
      rmSync(directory, { recursive: true, force: true })
    },
  }
}

async function mintLink(url: string): Promise<string> {
  const minted = await fetch(`${url}/api/v1/login-links`, {
    method: 'POST',
    headers: { authorization: `Bearer ${OPERATOR_TOKEN}`, 'content-type': 'application/json' },
    body: '{}',
  })
  return ((await minted.json()) as { url: string }).url
}
