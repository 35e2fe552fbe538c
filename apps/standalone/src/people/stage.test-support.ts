import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createApi } from '@hoptrace/api'
import { asPublisher, Ingest } from '@hoptrace/ingest'
import { ExpiredSessions, openStore, type Store } from '@hoptrace/store'
import { freePort, type OidcServer, type OidcUser, startOidcProvider } from '@hoptrace/testing'
import { recordStory } from './story.test-support.ts'

const WEB = fileURLToPath(new URL('../../../web/dist', import.meta.url))
const ROLES = ['operator', 'investigator', 'responder', 'auditor'] as const

export const OPERATOR_TOKEN = 'hopop_the-operators-own-token'
export const TENANT = 'acme'

/** One person a role, one who may see secrets, and one with no role. A user name is all that the provider asks for. */
export const users: readonly OidcUser[] = [
  ...ROLES.map((role) => ({ username: `${role}-kim`, name: `Kim the ${role}`, groups: [`${role}s`], tenant: TENANT })),
  { username: 'revealer-kim', name: 'Kim the revealer', groups: ['investigators', 'vault'], tenant: TENANT },
  { username: 'nobody-kim', name: 'Kim the stranger', groups: [], tenant: TENANT },
]

/** A whole platform to look at: a real provider, a real store with something recorded, and the api that serves the workbench. */
export class PeopleStage {
  private constructor(
    readonly url: string,
    readonly provider: OidcServer,
    readonly story: ReturnType<typeof recordStory>['story'],
    readonly stop: () => Promise<void>,
  ) {}

  /**
   * @param hasProvider false: people have one-time links alone
   * @param idTokenTtlSeconds how long what the command line shows is good for
   */
  static async start({ hasProvider = true, idTokenTtlSeconds = 600 } = {}): Promise<PeopleStage> {
    const directory = mkdtempSync(join(tmpdir(), 'hoptrace-people-'))
    const store = await openStore({ kind: 'embedded', path: directory, readers: 4 })
    await store.migrate()
    const publisher = asPublisher(new Ingest(store, { tenant: TENANT, now: Date.now }))
    const { story, recordings } = recordStory()
    for (const { encoded } of recordings) await publisher.publish(encoded)
    await publisher.publish([Buffer.from('{"this":"is no event"}')])
    const expired = {
      lastTs: `${(Date.now() - 44 * 86_400_000) * 1000}`,
      events: 12,
      lastSeq: 11,
      policy: '30 days',
      expiredAtMs: Date.now(),
    }
    await new ExpiredSessions(store).insert(TENANT, [{ sessionId: story.expiredSessionId, ...expired }])
    const port = await freePort()
    const url = `http://127.0.0.1:${port}`
    const provider = await startOidcProvider({ users, redirectUris: [`${url}/login/oidc/callback`], idTokenTtlSeconds })
    const api = await createApi({
      ...{ tenant: TENANT, version: '0.0.0', gatewayId: 'api', operatorToken: OPERATOR_TOKEN, gatewayUrl: null, publicUrl: url },
      ...{ webDirectory: WEB, publisher, store, changes: { onStored: () => () => undefined } },
      ...(hasProvider ? { oidc: oidcOptions(provider) } : {}),
    })
    await api.listen(port, '127.0.0.1')
    return new PeopleStage(url, provider, story, async () => {
      await api.close()
      await provider.stop()
      await closed(store, directory)
    })
  }
}

async function closed(store: Store, directory: string): Promise<void> {
  await store.close()
  rmSync(directory, { recursive: true, force: true })
}

function oidcOptions({ issuer, client, deviceClient }: OidcServer) {
  const grants = [...ROLES.map((role) => [`${role}s`, [role]] as const), ['vault', ['reveal']] as const]
  return {
    ...{ issuer, clientId: client.id, clientSecret: client.secret, label: 'Acme Identity', scope: 'openid profile' },
    claims: { name: null, tenant: 'tenant', groups: 'groups' },
    groups: new Map<string, readonly ((typeof ROLES)[number] | 'reveal')[]>(grants),
    audiences: [client.id, deviceClient.id],
    algorithms: ['RS256'],
    clockToleranceSeconds: 5,
    deviceClientId: deviceClient.id,
  }
}
