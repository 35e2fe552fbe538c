import { hiding } from './hiding.e2e.ts'
import { masking } from './masking.e2e.ts'
import { signingIn } from './signing-in.e2e.ts'
import type { PeopleClaim } from './story.e2e.ts'
import { reading, watching } from './watching.e2e.ts'

export { Person } from './person.e2e.ts'
export { signsInWithLink } from './signing-in.e2e.ts'
export type { PeopleClaim, PeopleStory } from './story.e2e.ts'

/** What the workbench claims to people of each role, each claim with people of its own. */
export const peopleClaims: readonly PeopleClaim[] = [...signingIn, ...hiding, ...masking, ...reading, ...watching]
