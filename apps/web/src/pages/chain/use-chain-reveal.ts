import { getRouteApi } from '@tanstack/react-router'
import { useMay } from '../../identity/identity.tsx'

const route = getRouteApi('/chains/$chainId')

/** Does the chain's address ask for secrets as they were recorded, and may the reader? */
export function useChainReveal() {
  const search = route.useSearch()
  const navigate = route.useNavigate()
  const reveal = useMay('reveal') && search.reveal === '1' ? '1' : undefined
  const setRevealed = (is: boolean) =>
    void navigate({ to: '.', search: (previous) => ({ ...previous, reveal: is ? '1' : undefined }), replace: true, resetScroll: false })
  return { reveal, setRevealed }
}
