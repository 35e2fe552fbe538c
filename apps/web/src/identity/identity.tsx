import type { Me, Right } from '@hoptrace/api'
import { createContext, useContext } from 'react'

const Context = createContext<Me | null>(null)

/** Who looks at everything inside. */
export const IdentityProvider = Context

/** Who looks. @throws Error outside of what is shown to somebody who signed in */
export function useMe(): Me {
  const me = useContext(Context)
  if (me === null) throw new Error('Nobody is signed in above this component')
  return me
}

/** May the reader do this? The server decides; this only says it beforehand. */
export function useMay(right: Right): boolean {
  return useMe().rights.includes(right)
}
