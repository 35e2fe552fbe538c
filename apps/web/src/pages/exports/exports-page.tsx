import { getRouteApi } from '@tanstack/react-router'
import { useState } from 'react'
import { apiPath } from '../../api/client.ts'
import { useMay } from '../../identity/identity.tsx'
import { Page, Section } from '../../ui/page.tsx'
import { RangePicker } from '../../ui/range-picker.tsx'
import { type ExportOf, type ExportSearch, exportOf, exportParams } from '../../url/export-search.ts'
import { shownRange } from '../../url/time-range.ts'
import { ChainChoice, RunChoice } from './export-choices.tsx'

const route = getRouteApi('/exports')
const OFS: Record<ExportOf, string> = {
  chain: 'A hop chain',
  run: 'An agent run, with those that it started',
  period: 'A period',
}

/** Evidence as an archive that can be checked without Hoptrace. */
export function ExportsPage() {
  const search = route.useSearch()
  const navigate = route.useNavigate()
  const [nowMs] = useState(() => Date.now())
  const change = (next: ExportSearch) => void navigate({ to: '.', search: next, replace: true })
  const of = exportOf(search)
  return (
    <Page title="Exports">
      <p className="quiet">
        An archive of events, grants, hops with their alternatives, alerts and views, with the population that they are drawn from and the
        SHA-256 of each file. It is not signed. <code>sha256sum -c</code> alone checks it.
      </p>
      <div className="two-lists">
        <Section title="What to take">
          <fieldset className="choices">
            <legend>Evidence of</legend>
            {(Object.keys(OFS) as ExportOf[]).map((each) => (
              <label key={each} className="option">
                <input type="radio" name="of" checked={of === each} onChange={() => change({ ...search, of: each })} />
                {OFS[each]}
              </label>
            ))}
          </fieldset>
          {of === 'chain' && <ChainChoice value={search.chain} onChange={(chain) => change({ ...search, chain })} />}
          {of === 'run' && <RunChoice value={search.run} onChange={(run) => change({ ...search, run })} />}
          {of === 'period' && (
            <RangePicker range={search} shown={shownRange(search, nowMs)} onChange={(range) => change({ ...search, ...range })} />
          )}
        </Section>
        <Section title="How much of it">
          <Depth search={search} nowMs={nowMs} onChange={change} />
        </Section>
      </div>
    </Page>
  )
}

type DepthProps = { search: ExportSearch; nowMs: number; onChange: (search: ExportSearch) => void }

/** How deep, and then the archive itself. Secrets are masked unless somebody asks for them here: the address cannot. */
function Depth({ search, nowMs, onChange }: DepthProps) {
  const [isRevealed, setRevealed] = useState(false)
  const maySeeContent = useMay('content')
  const mayReveal = useMay('reveal') && maySeeContent
  const isMetadata = search.metadata !== undefined || !maySeeContent
  const asked = isMetadata ? { ...search, metadata: '1' as const } : search
  const params = exportParams(asked, nowMs, mayReveal && isRevealed)
  return (
    <div className="form">
      <label className="option">
        <input
          type="checkbox"
          checked={isMetadata}
          disabled={!maySeeContent}
          onChange={(event) => onChange({ ...search, metadata: event.target.checked ? '1' : undefined })}
        />
        <span>
          Metadata only
          <span className="faint">
            {maySeeContent
              ? ' who did what, when and how it went; nothing that was said'
              : ' what was said needs the right content, which you do not hold'}
          </span>
        </span>
      </label>
      {mayReveal && !isMetadata && (
        <label className="option">
          <input type="checkbox" checked={isRevealed} onChange={(event) => setRevealed(event.target.checked)} />
          <span>
            Secrets as they were recorded
            <span className="faint"> each session that is taken is recorded as seen with its secrets</span>
          </span>
        </label>
      )}
      <label className="option">
        <input
          type="checkbox"
          checked={search.format === undefined}
          onChange={(event) => onChange({ ...search, format: event.target.checked ? undefined : 'tar' })}
        />
        Compressed
      </label>
      <p className="row">
        {params === null ? (
          <span className="quiet" role="status">
            Choose what to take first.
          </span>
        ) : (
          <>
            <a href={apiPath(['exports'], params)} download className="button primary">
              Download the archive
            </a>
            {params.chain !== undefined && (
              <a href={reportPath(params)} download className="button">
                One page of HTML, to send to a colleague
              </a>
            )}
          </>
        )}
      </p>
      <p className="faint">The download is recorded in the access log before its first byte.</p>
    </div>
  )
}

/** A chain told in one page that needs nothing else. */
function reportPath({ chain = '', metadata, reveal }: Record<string, string>): string {
  return apiPath(['chains', chain, 'report'], { metadata, reveal })
}
