import { getRouteApi } from '@tanstack/react-router'
import { useMay } from '../../identity/identity.tsx'

const route = getRouteApi('/sessions/$sessionId')

/** Does the address ask for secrets as they were recorded, and may the reader? What the api is asked, and how to change it. */
export function useReveal() {
  const search = route.useSearch()
  const navigate = route.useNavigate()
  const isRevealed = useMay('reveal') && search.reveal === '1'
  const setRevealed = (reveal: boolean) =>
    void navigate({ to: '.', search: (previous) => ({ ...previous, reveal: reveal ? '1' : undefined }), replace: true, resetScroll: false })
  return { reveal: isRevealed ? ('1' as const) : undefined, isRevealed, setRevealed }
}
