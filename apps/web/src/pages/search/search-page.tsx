import type { SearchHit } from '@hoptrace/api'
import { useInfiniteQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { type FormEvent, useState } from 'react'
import * as queries from '../../api/queries.ts'
import { useMay } from '../../identity/identity.tsx'
import { MaskBar } from '../../masking/mask-bar.tsx'
import { Masking } from '../../masking/masking.tsx'
import { Instant } from '../../ui/instant.tsx'
import { More } from '../../ui/more.tsx'
import { Empty, Failure, Loading } from '../../ui/outcomes.tsx'
import { Page } from '../../ui/page.tsx'
import { Protocol } from '../../ui/protocol.tsx'
import { RangePicker } from '../../ui/range-picker.tsx'
import { Recorded } from '../../ui/recorded.tsx'
import { rangeParams } from '../../url/time-range.ts'

const route = getRouteApi('/search')

export function SearchPage() {
  const search = route.useSearch()
  const navigate = route.useNavigate()
  const range = (
    <RangePicker range={search} onChange={(next) => void navigate({ to: '.', search: (previous) => ({ ...previous, ...next }) })} />
  )
  return (
    <Page title="Search" actions={range}>
      <SearchForm
        key={search.q}
        q={search.q ?? ''}
        onSearch={(q) => void navigate({ to: '.', search: (previous) => ({ ...previous, q }) })}
      />
      {search.q === undefined ? (
        <Empty title="Search what was recorded">
          <p>Commands, statements and answers that hold every word.</p>
        </Empty>
      ) : (
        <Hits q={search.q} />
      )}
    </Page>
  )
}

function SearchForm({ q, onSearch }: { q: string; onSearch: (q: string | undefined) => void }) {
  const [text, setText] = useState(q)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    onSearch(text.trim() === '' ? undefined : text.trim())
  }
  return (
    <search>
      <form className="command-search wide" onSubmit={submit}>
        <input
          className="input"
          type="search"
          aria-label="Words to search for"
          maxLength={256}
          value={text}
          onChange={(event) => setText(event.target.value)}
        />
        <button type="submit" className="button primary">
          Search
        </button>
      </form>
    </search>
  )
}

function Hits({ q }: { q: string }) {
  const search = route.useSearch()
  const [nowMs] = useState(() => Date.now())
  const navigate = route.useNavigate()
  const isRevealed = useMay('reveal') && search.reveal === '1'
  const answer = useInfiniteQuery(queries.search({ q, ...rangeParams(search, nowMs), ...(isRevealed ? { reveal: '1' } : {}) }))
  if (answer.isPending) return <Loading what="what matches" />
  if (answer.isError) return <Failure error={answer.error} what="search" onRetry={() => answer.refetch()} />
  const hits = answer.data.pages.flatMap((page) => page.items)
  if (hits.length === 0) {
    return (
      <Empty title="No match">
        <p>Nothing recorded in this time holds all of these words.</p>
      </Empty>
    )
  }
  const masked = answer.data.pages.reduce((sum, page) => sum + page.masked, 0)
  const reveal = (is: boolean) =>
    void navigate({ to: '.', search: (previous) => ({ ...previous, reveal: is ? '1' : undefined }), replace: true })
  return (
    <Masking masked={masked}>
      <MaskBar masked={masked} isRevealed={isRevealed} what="these matches" onReveal={reveal} />
      <ol className="hits" aria-label="Matches">
        {hits.map((hit) => (
          <Hit key={`${hit.sessionId}/${hit.seq}`} hit={hit} q={q} />
        ))}
      </ol>
      <More hasNext={answer.hasNextPage} isLoading={answer.isFetchingNextPage} onMore={() => void answer.fetchNextPage()} what="matches" />
    </Masking>
  )
}

function Hit({ hit, q }: { hit: SearchHit; q: string }) {
  return (
    <li className="hit">
      <p className="hit-meta">
        {hit.protocol !== null && <Protocol protocol={hit.protocol} />}
        <Link to="/sessions/$sessionId" params={{ sessionId: hit.sessionId }} search={{ seq: hit.seq, ms: Math.floor(hit.ms) }}>
          {hit.target === null ? 'session' : <Recorded text={hit.target} limit={60} />} seq {hit.seq}
        </Link>
        <Instant at={hit.at} />
        <span className="quiet">{hit.principal === null ? 'unknown' : <Recorded text={hit.principal} limit={60} />}</span>
        <code className="faint">{hit.type}</code>
      </p>
      <Recorded text={hit.excerpt} isBlock limit={600} highlight={q} />
    </li>
  )
}
