import { type ReactNode, useEffect, useState } from 'react'

type PageProps = { title: string; heading?: ReactNode; actions?: ReactNode; children: ReactNode; isWide?: boolean }

/** One page: its name in the tab, its one h1, what can be done with it, its content. */
export function Page({ title, heading, actions, children }: PageProps) {
  useEffect(() => {
    document.title = `${title} · Hoptrace`
  }, [title])
  return (
    <main id="main" className="page" tabIndex={-1}>
      <div className="page-head">
        <h1>{heading ?? title}</h1>
        {actions !== undefined && <div className="page-actions">{actions}</div>}
      </div>
      {children}
    </main>
  )
}

/** A named part of a page. */
export function Section({
  title,
  aside,
  children,
  className,
}: {
  title: string
  aside?: ReactNode
  children: ReactNode
  className?: string
}) {
  const id = `section-${title.toLowerCase().replace(/[^a-z0-9]+/g, '-')}`
  return (
    <section aria-labelledby={id} className={`section ${className ?? ''}`}>
      <div className="section-head">
        <h2 id={id}>{title}</h2>
        {aside !== undefined && <div className="section-aside">{aside}</div>}
      </div>
      {children}
    </section>
  )
}

/** A label with its value, for lists of facts. */
export function Fact({ label, children, isWide = false }: { label: string; children: ReactNode; isWide?: boolean }) {
  return (
    <div className={isWide ? 'fact wide' : 'fact'}>
      <dt>{label}</dt>
      <dd>{children}</dd>
    </div>
  )
}

/** Facts about what a page shows. A narrow screen shows the first four until asked for all. */
export function Facts({ children }: { children: ReactNode }) {
  const [isWhole, setWhole] = useState(false)
  return (
    <div className={isWhole ? 'facts-fold whole' : 'facts-fold'}>
      <dl className="facts">{children}</dl>
      <button type="button" className="text-button facts-more" aria-expanded={isWhole} onClick={() => setWhole(!isWhole)}>
        {isWhole ? 'Fewer facts' : 'All facts'}
      </button>
    </div>
  )
}
