import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose'
import type { Configuration, default as Provider } from 'oidc-provider'
import { freePort } from '../free-port.ts'
import { answerInteraction } from './interaction.ts'

/** Somebody whom the provider knows. */
export type OidcUser = { username: string; name: string; groups: string[]; tenant: string }

export type OidcProviderOptions = {
  users: readonly OidcUser[]
  /** Where the client's browser comes back to after signing in; after signing out, to `/` there. */
  redirectUris?: readonly string[]
  /** Seconds that an ID token holds. Default 600. */
  idTokenTtlSeconds?: number
}

export type OidcServer = {
  issuer: string
  /** The web's client: confidential, authorisation code. */
  client: { id: string; secret: string }
  /** The command line's client: public, device flow, with refresh tokens that rotate. */
  deviceClient: { id: string }
  /** A token under the provider's own key, with whatever claims: also those that the provider would never give. */
  sign(claims: JWTPayload): Promise<string>
  stop(): Promise<void>
}

const CLIENT = { id: 'hoptrace-web', secret: 'the-secret-of-the-client-in-tests' }
const DEVICE_CLIENT = { id: 'hoptrace-cli' }

/** A real OpenID provider on loopback, which believes whatever user name is typed. Claims: `name`, `groups`, `tenant`. */
export async function startOidcProvider(options: OidcProviderOptions): Promise<OidcServer> {
  const port = await freePort()
  const issuer = `http://127.0.0.1:${port}`
  const { privateKey } = await generateKeyPair('RS256', { extractable: true })
  const key = { ...(await exportJWK(privateKey)), kid: 'test', alg: 'RS256', use: 'sig' }
  // Loaded when it is wanted: it warns about the runtime, and the demo imports this lib for other servers.
  const { default: OidcProvider } = await import('oidc-provider')
  const provider = new OidcProvider(issuer, { ...configurationOf(options), jwks: { keys: [key] } })
  const listen = provider.callback()
  const server = createServer((request, response) => route(provider, listen, request, response))
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  return {
    issuer,
    client: CLIENT,
    deviceClient: DEVICE_CLIENT,
    sign: (claims) => new SignJWT(claims).setProtectedHeader({ alg: 'RS256', kid: 'test' }).sign(privateKey),
    stop: () => stopped(server),
  }
}

function route(provider: Provider, listen: ReturnType<Provider['callback']>, request: IncomingMessage, response: ServerResponse): void {
  if (request.url?.startsWith('/interaction/')) {
    answerInteraction(provider, request, response).catch(() => response.writeHead(400).end())
    return
  }
  listen(request, response)
}

function configurationOf({ users, redirectUris = [], idTokenTtlSeconds = 600 }: OidcProviderOptions): Configuration {
  return {
    clients: [
      {
        client_id: CLIENT.id,
        client_secret: CLIENT.secret,
        redirect_uris: [...redirectUris],
        post_logout_redirect_uris: redirectUris.map((uri) => new URL('/', uri).href),
        grant_types: ['authorization_code'],
      },
      {
        client_id: DEVICE_CLIENT.id,
        token_endpoint_auth_method: 'none',
        redirect_uris: [],
        response_types: [],
        grant_types: ['urn:ietf:params:oauth:grant-type:device_code', 'refresh_token'],
      },
    ],
    claims: { openid: ['sub'], profile: ['name', 'groups', 'tenant'] },
    // What the client asks for stands in the ID token, and not at the userinfo endpoint alone.
    conformIdTokenClaims: false,
    features: { devInteractions: { enabled: false }, deviceFlow: { enabled: true }, revocation: { enabled: true } },
    // Without `offline_access`, which is asked for by itself only of clients whose grant types say so.
    issueRefreshToken: async (_, client) => client.grantTypeAllowed('refresh_token'),
    interactions: { url: (_, interaction) => `/interaction/${interaction.uid}` },
    ttl: { IdToken: idTokenTtlSeconds, AccessToken: 600, Session: 3600, Grant: 3600, Interaction: 600, DeviceCode: 600 },
    cookies: { keys: ['a key of tests'] },
    findAccount: (_, id) => {
      const user = users.find(({ username }) => username === id)
      return user && { accountId: id, claims: () => ({ sub: id, name: user.name, groups: user.groups, tenant: user.tenant }) }
    },
    // Nobody is asked whether the client may know them.
    loadExistingGrant: async (context) => {
      const { client, session, provider } = context.oidc
      const grant = new provider.Grant({ clientId: client?.clientId, accountId: session?.accountId })
      grant.addOIDCScope('openid profile')
      await grant.save()
      return grant
    },
  }
}

function stopped(server: Server): Promise<void> {
  server.closeAllConnections()
  return new Promise((resolve) => server.close(() => resolve()))
}
