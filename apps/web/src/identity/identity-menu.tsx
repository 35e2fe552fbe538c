import { Button, Dialog, DialogTrigger, Popover } from 'react-aria-components'
import { plainRecorded } from '../format/recorded.ts'
import { Recorded } from '../ui/recorded.tsx'
import { useMe } from './identity.tsx'
import { rights } from './rights.ts'
import { SignOut } from './sign-out.tsx'
import { rolesOf, WhoYouAre } from './who-you-are.tsx'

/** Who is signed in, as what and where; opened, with which rights, and how to leave. */
export function IdentityMenu() {
  const me = useMe()
  const name = plainRecorded(me.name, 24)
  return (
    <DialogTrigger>
      <Button className="identity" aria-label={`Signed in as ${name}, ${rolesOf(me)}, tenant ${plainRecorded(me.tenant, 60)}`}>
        <span className="identity-initial" aria-hidden="true">
          {name.slice(0, 1).toUpperCase()}
        </span>
        <span className="identity-words" aria-hidden="true">
          <span className="identity-name">{name}</span>
          <span className="faint">
            {me.roles.length > 2 ? `${me.roles.length} roles` : rolesOf(me)} · {plainRecorded(me.tenant, 20)}
          </span>
        </span>
      </Button>
      <Popover className="popover identity-popover" placement="bottom end">
        <Dialog className="identity-card" aria-label="Who is signed in">
          <p>
            <WhoYouAre me={me} />
          </p>
          <p className="quiet">
            The access log names you <Recorded text={me.subject} limit={80} />.
          </p>
          <dl className="identity-rights">
            {me.rights.map((right) => (
              <div key={right}>
                <dt>{right}</dt>
                <dd className="quiet">{rights[right].opens}</dd>
              </div>
            ))}
          </dl>
          <p className="row end">
            <SignOut />
          </p>
        </Dialog>
      </Popover>
    </DialogTrigger>
  )
}
