import { SetMetadata } from '@nestjs/common'

export const IS_PUBLIC = 'hoptrace:public'

/** Only signing in and health: every other route wants a viewer. */
export const Public = () => SetMetadata(IS_PUBLIC, true)
