import { useContext } from 'react'
import { IdentityProvider } from './identity.tsx'
import { Lock } from './lock.tsx'
import { SignOut } from './sign-out.tsx'
import { WhoYouAre } from './who-you-are.tsx'

/** What the server refused, in its own words, to whom, and what else can be done. */
export function Refused({ what, detail }: { what: string; detail: string }) {
  const me = useContext(IdentityProvider)
  return (
    <section className="notice forbidden" role="alert">
      <h3>
        <Lock /> You may not see {what}
      </h3>
      <p>{detail}</p>
      {me !== null && (
        <>
          <p className="quiet">
            <WhoYouAre me={me} />
          </p>
          <p className="row">
            <SignOut />
          </p>
        </>
      )}
    </section>
  )
}
