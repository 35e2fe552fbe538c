import type { LoginOptions } from '@hoptrace/api'
import { useQuery } from '@tanstack/react-query'
import { useLocation } from '@tanstack/react-router'
import * as queries from '../api/queries.ts'
import { plainRecorded } from '../format/recorded.ts'
import { Empty, Failure, Loading } from '../ui/outcomes.tsx'
import { Page } from '../ui/page.tsx'
import { comeBackTo, signInUrl } from './come-back.ts'
import { LinkPanel } from './link-panel.tsx'

/** The ways in that the server offers. It stands under the address that was asked for, and leads back to it. */
export function LoginPage({ hasEnded }: { hasEnded: boolean }) {
  const answer = useQuery(queries.loginOptions())
  const to = comeBackTo(useLocation({ select: ({ href }) => href }))
  return (
    <Page title="Sign in">
      <div className="sign-in">
        {hasEnded && (
          <p className="notice warn-edge" role="status">
            Your session has ended. Nothing that you were looking at is lost: it has an address.
          </p>
        )}
        {to !== '/' && (
          <p className="quiet">
            You come back to <code className="come-back">{plainRecorded(to, 120)}</code>
          </p>
        )}
        {answer.isPending && <Loading what="the ways to sign in" />}
        {answer.isError && <Failure error={answer.error} what="the ways to sign in" onRetry={() => answer.refetch()} />}
        {answer.isSuccess && <WaysIn options={answer.data} to={to} />}
      </div>
    </Page>
  )
}

function WaysIn({ options, to }: { options: LoginOptions; to: string }) {
  const { oidc, link, device } = options
  if (oidc === null && !link) {
    return (
      <Empty title="No way to sign in is configured">
        <p>Configure an identity provider for the platform, or start it standalone.</p>
      </Empty>
    )
  }
  return (
    <>
      {oidc !== null && (
        <section className="way-in" aria-label={`Sign in with ${plainRecorded(oidc.label, 60)}`}>
          <a className="button primary large" href={signInUrl(oidc.url, to)}>
            Sign in with {plainRecorded(oidc.label, 60)}
          </a>
          {device && (
            <p className="quiet">
              On the command line: <code>hoptrace login</code>
            </p>
          )}
        </section>
      )}
      {link && <LinkPanel isOnly={oidc === null} />}
    </>
  )
}
