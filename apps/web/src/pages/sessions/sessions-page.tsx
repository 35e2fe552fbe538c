import { getRouteApi, useRouter } from '@tanstack/react-router'
import { formatCount } from '../../format/quantity.ts'
import { CopyButton } from '../../ui/copy-button.tsx'
import { Page } from '../../ui/page.tsx'
import { RangePicker } from '../../ui/range-picker.tsx'
import type { SessionsSearch } from '../../url/session-search.ts'
import { frozen } from '../../url/time-range.ts'
import { FilterBar } from './filter-bar.tsx'
import { SessionList, useSessions } from './session-list.tsx'

const route = getRouteApi('/sessions')

export function SessionsPage() {
  const search = route.useSearch()
  const navigate = route.useNavigate()
  const router = useRouter()
  const answer = useSessions(search)
  const change = (next: SessionsSearch) => void navigate({ to: '.', search: next })
  const link = () => {
    const shown = answer.data?.range
    const { href } = router.buildLocation({ to: '/sessions', search: shown === undefined ? search : frozen(search, shown) })
    return new URL(href, window.location.origin).href
  }
  const heading = <>Sessions {answer.data !== undefined && <span className="faint count">{formatCount(answer.data.total)}</span>}</>
  const actions = (
    <>
      <RangePicker
        range={search}
        shown={answer.data?.range}
        onChange={(range) => change({ ...search, ...range, cursor: undefined, page: undefined })}
      />
      <CopyButton text={link} label="Copy link with this time range fixed">
        Copy link
      </CopyButton>
    </>
  )
  return (
    <Page title="Sessions" heading={heading} actions={actions}>
      <FilterBar search={search} onChange={change} />
      <SessionList answer={answer} search={search} onChange={change} />
    </Page>
  )
}
