import { SetMetadata } from '@nestjs/common'
import type { Right } from '../contract/index.ts'

export const NEEDS = 'hoptrace:needs'

/** Any one of these rights opens the route. */
export const Needs = (...rights: [Right, ...Right[]]) => SetMetadata(NEEDS, rights)

/** Whoever is signed in may use the route, with whatever right. */
export const SignedIn = () => SetMetadata(NEEDS, [])
