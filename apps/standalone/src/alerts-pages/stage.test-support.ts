import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createApi } from '@hoptrace/api'
import { digestValue } from '@hoptrace/events'
import { asPublisher, Ingest } from '@hoptrace/ingest'
import { defaultAlertPolicy, shippedRules } from '@hoptrace/rules'
import { openStore } from '@hoptrace/store'
import { aKubernetesSession, anHttpSession, freePort, HTTP_SECRET, HttpSessionBuilder } from '@hoptrace/testing'
import type { AlertsStory } from '@hoptrace/web'
import { startControl } from './control.test-support.ts'
import { storeAlerts } from './stored-alerts.test-support.ts'
import { storeChain } from './stored-chain.test-support.ts'

const WEB = fileURLToPath(new URL('../../../web/dist', import.meta.url))
const OPERATOR_TOKEN = 'hopop_the-operators-own-token'
/** Under which the builders of sessions digest. */
const KEY = { id: 'test', secret: Buffer.alloc(32, 1) }
/** Ten minutes ago: within the range that pages show by themselves. */
const AGO_MS = 600_000
const RUN = '019aa0c0-0000-7000-8000-00000000000a'
const OWNER = 'the payments team'

export type AlertsStage = { url: string; story: AlertsStory; loginLink(): Promise<string>; stop(): Promise<void> }

/** A store with a chain, three alerts about it and a session that is open, and the api that serves the workbench. */
export async function startAlertsStage(): Promise<AlertsStage> {
  const directory = mkdtempSync(join(tmpdir(), 'hoptrace-alerts-'))
  const store = await openStore({ kind: 'embedded', path: directory, readers: 4 })
  await store.migrate()
  const publisher = asPublisher(new Ingest(store, { tenant: 'default', now: Date.now }))
  const startMs = Date.now() - AGO_MS
  const http = anHttpSession({ startMs, run: RUN })
  const cluster = aKubernetesSession({ startMs: startMs + 2000, run: RUN })
  const open = new HttpSessionBuilder({ startMs: startMs + 4000, run: RUN }).started()
  for (const { encoded } of [http, cluster, open]) await publisher.publish(encoded)
  const digest = digestValue(KEY, 'credential', HTTP_SECRET)
  const chain = { id: 'c'.repeat(32), hop: 'd'.repeat(32), unseenHop: 'e'.repeat(32), unseenTarget: 'vault.internal', digest, run: RUN }
  await storeChain(store, chain, http, cluster)
  const rules = twoRules()
  const stored = await storeAlerts(store, chain, cluster, rules)
  const url = `http://127.0.0.1:${await freePort()}`
  const control = await startControl({ id: RUN, principal: 'agent-1', rootPrincipal: 'ana' })
  const api = await createApi({
    ...{ tenant: 'default', version: '0.0.0', gatewayId: 'api', operatorToken: OPERATOR_TOKEN, gatewayUrl: control.url, publicUrl: url },
    ...{ webDirectory: WEB, publisher, store, changes: { onStored: () => () => undefined }, digestKeys: () => [KEY] },
    alertPolicy: { ...defaultAlertPolicy, owners: { prod: OWNER } },
  })
  await api.listen(new URL(url).port, '127.0.0.1')
  return {
    url,
    story: {
      ...{ paging: { id: stored.paging, rule: rules[0] }, queued: stored.queued, oldId: stored.oldId, chain },
      ...{ secret: { kind: 'credential', digest, value: HTTP_SECRET, owner: OWNER }, principal: 'agent-1', target: 'billing' },
    },
    loginLink: () => mintLink(url),
    stop: async () => {
      await api.close()
      await control.stop()
      await store.close()
      rmSync(directory, { recursive: true, force: true })
    },
  }
}

/** Of those that come with Hoptrace: what alerts name must be there to be opened. */
function twoRules(): [{ id: string; title: string }, { id: string; title: string }] {
  const [first, second] = shippedRules().rules.flatMap(({ id, title, kind }) =>
    id === null || kind !== 'detection' ? [] : [{ id, title }],
  )
  if (!first || !second) throw new Error('No rules are shipped')
  return [first, second]
}

async function mintLink(url: string): Promise<string> {
  const minted = await fetch(`${url}/api/v1/login-links`, {
    method: 'POST',
    headers: { authorization: `Bearer ${OPERATOR_TOKEN}`, 'content-type': 'application/json' },
    body: '{}',
  })
  return ((await minted.json()) as { url: string }).url
}
