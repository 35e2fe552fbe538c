import { type OidcServer, TestBrowser } from '@hoptrace/testing'
import * as oidc from 'openid-client'

/** Signs in as the command line does: with the device flow (RFC 8628), confirmed in somebody's browser. */
export async function deviceTokens({ issuer, deviceClient }: OidcServer, username: string): Promise<{ idToken: string }> {
  const options = { execute: [oidc.allowInsecureRequests] }
  const configuration = await oidc.discovery(new URL(issuer), deviceClient.id, undefined, oidc.None(), options)
  const started = await oidc.initiateDeviceAuthorization(configuration, { scope: 'openid profile' })
  await new TestBrowser().confirmDevice(started.verification_uri_complete ?? started.verification_uri, username)
  const tokens = await oidc.pollDeviceAuthorizationGrant(configuration, { ...started, interval: 1 })
  if (tokens.id_token === undefined) throw new Error('The provider gave no ID token')
  return { idToken: tokens.id_token }
}
