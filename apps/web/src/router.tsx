import type { Right } from '@hoptrace/api'
import { createRootRoute, createRoute, createRouter, lazyRouteComponent } from '@tanstack/react-router'
import { z } from 'zod'
import { Shell } from './shell/shell.tsx'
import { AccessLogSearch } from './url/access-log-search.ts'
import { AlertsSearch } from './url/alert-search.ts'
import { ExportSearch } from './url/export-search.ts'
import { choice, count, reveal, text } from './url/fields.ts'
import { PlaceSearch } from './url/place-search.ts'
import { parseSearch, stringifySearch } from './url/search-codec.ts'
import { SessionsSearch } from './url/session-search.ts'
import { RangeSearch } from './url/time-range.ts'

/** Reads an address's search with its schema; what cannot be read is left out, never an error page. */
function by<T extends z.ZodType>(schema: T) {
  return (search: Record<string, unknown>): z.output<T> => schema.parse(search)
}

/** `ms`: the clock of its replay, since its first access began. */
const ChainSearch = z.object({ hop: text, ms: count, lanes: choice('protocol'), reveal })
const ChainsSearch = RangeSearch.extend({ target: text, rootPrincipal: text })
/** `from`: the rule that it begins as a copy of. */
const NewRuleSearch = z.object({ from: text })
const RunsSearch = z.object({ state: choice('live', 'expired', 'revoked', 'unknown'), principal: text })
const TextSearch = RangeSearch.extend({ q: text, reveal })
const ProofSearch = z.object({ form: choice('pretty', 'raw'), reveal })
const LoginSearch = z.object({ to: text })

/** What a page is called, and the rights of which any one opens it. Without one nothing of the page is asked for. */
function needs(title: string, ...rights: [Right, ...Right[]]) {
  return { needs: { title, rights } }
}

const root = createRootRoute({
  component: Shell,
  notFoundComponent: lazyRouteComponent(() => import('./pages/not-found-page.tsx'), 'NotFoundPage'),
})
const getParentRoute = () => root

const triage = createRoute({
  getParentRoute,
  path: '/',
  staticData: needs('Triage', 'metadata'),
  component: lazyRouteComponent(() => import('./pages/triage/triage-page.tsx'), 'TriagePage'),
})
const sessions = createRoute({
  getParentRoute,
  path: '/sessions',
  validateSearch: by(SessionsSearch),
  staticData: needs('Sessions', 'metadata'),
  component: lazyRouteComponent(() => import('./pages/sessions/sessions-page.tsx'), 'SessionsPage'),
})
const session = createRoute({
  getParentRoute,
  path: '/sessions/$sessionId',
  validateSearch: by(PlaceSearch),
  staticData: needs('Session', 'metadata'),
  component: lazyRouteComponent(() => import('./pages/session/session-page.tsx'), 'SessionPage'),
})
const proof = createRoute({
  getParentRoute,
  path: '/sessions/$sessionId/events/$seq',
  validateSearch: by(ProofSearch),
  staticData: needs('Proof', 'content', 'audit'),
  component: lazyRouteComponent(() => import('./pages/proof/proof-page.tsx'), 'ProofPage'),
})
const chains = createRoute({
  getParentRoute,
  path: '/chains',
  validateSearch: by(ChainsSearch),
  staticData: needs('Hop chains', 'metadata'),
  component: lazyRouteComponent(() => import('./pages/chains/chains-page.tsx'), 'ChainsPage'),
})
const chain = createRoute({
  getParentRoute,
  path: '/chains/$chainId',
  validateSearch: by(ChainSearch),
  staticData: needs('Hop chain', 'metadata'),
  component: lazyRouteComponent(() => import('./pages/chain/chain-page.tsx'), 'ChainPage'),
})
const runs = createRoute({
  getParentRoute,
  path: '/runs',
  validateSearch: by(RunsSearch),
  staticData: needs('Agent runs', 'metadata'),
  component: lazyRouteComponent(() => import('./pages/runs/runs-page.tsx'), 'RunsPage'),
})
const run = createRoute({
  getParentRoute,
  path: '/runs/$runId',
  staticData: needs('Agent run', 'metadata'),
  component: lazyRouteComponent(() => import('./pages/run/run-page.tsx'), 'RunPage'),
})
const search = createRoute({
  getParentRoute,
  path: '/search',
  validateSearch: by(TextSearch),
  staticData: needs('Search', 'content'),
  component: lazyRouteComponent(() => import('./pages/search/search-page.tsx'), 'SearchPage'),
})
const accessLog = createRoute({
  getParentRoute,
  path: '/access-log',
  validateSearch: by(AccessLogSearch),
  staticData: needs('Access log', 'audit'),
  component: lazyRouteComponent(() => import('./pages/access-log/access-log-page.tsx'), 'AccessLogPage'),
})
const health = createRoute({
  getParentRoute,
  path: '/health',
  staticData: needs('Health', 'metadata'),
  component: lazyRouteComponent(() => import('./pages/health/health-page.tsx'), 'HealthPage'),
})
const deadLetter = createRoute({
  getParentRoute,
  path: '/dead-letters/$letterId',
  staticData: needs('Dead letter', 'content'),
  component: lazyRouteComponent(() => import('./pages/dead-letter/dead-letter-page.tsx'), 'DeadLetterPage'),
})
const alerts = createRoute({
  getParentRoute,
  path: '/alerts',
  validateSearch: by(AlertsSearch),
  staticData: needs('Alerts', 'metadata'),
  component: lazyRouteComponent(() => import('./pages/alerts/alerts-page.tsx'), 'AlertsPage'),
})
const alert = createRoute({
  getParentRoute,
  path: '/alerts/$alertId',
  staticData: needs('Alert', 'metadata'),
  component: lazyRouteComponent(() => import('./pages/alert/alert-page.tsx'), 'AlertPage'),
})
const suppressions = createRoute({
  getParentRoute,
  path: '/suppressions',
  staticData: needs('Suppressions', 'metadata'),
  component: lazyRouteComponent(() => import('./pages/suppressions/suppressions-page.tsx'), 'SuppressionsPage'),
})
const rules = createRoute({
  getParentRoute,
  path: '/rules',
  staticData: needs('Rules', 'metadata'),
  component: lazyRouteComponent(() => import('./pages/rules/rules-page.tsx'), 'RulesPage'),
})
const newRule = createRoute({
  getParentRoute,
  path: '/rules/new',
  validateSearch: by(NewRuleSearch),
  staticData: needs('New rule', 'respond'),
  component: lazyRouteComponent(() => import('./pages/rule/new-rule-page.tsx'), 'NewRulePage'),
})
const rule = createRoute({
  getParentRoute,
  path: '/rules/$ruleId',
  staticData: needs('Rule', 'metadata'),
  component: lazyRouteComponent(() => import('./pages/rule/rule-page.tsx'), 'RulePage'),
})
const exports = createRoute({
  getParentRoute,
  path: '/exports',
  validateSearch: by(ExportSearch),
  staticData: needs('Exports', 'export'),
  component: lazyRouteComponent(() => import('./pages/exports/exports-page.tsx'), 'ExportsPage'),
})
const observables = createRoute({
  getParentRoute,
  path: '/observables',
  staticData: needs('Values', 'content'),
  component: lazyRouteComponent(() => import('./pages/observables/observables-page.tsx'), 'ObservablesPage'),
})
const observable = createRoute({
  getParentRoute,
  path: '/observables/$kind/$digest',
  staticData: needs('Value', 'metadata'),
  component: lazyRouteComponent(() => import('./pages/observable/observable-page.tsx'), 'ObservablePage'),
})
const target = createRoute({
  getParentRoute,
  path: '/targets/$target',
  validateSearch: by(RangeSearch),
  staticData: needs('Target', 'metadata'),
  component: lazyRouteComponent(() => import('./pages/target/target-page.tsx'), 'TargetPage'),
})
const principal = createRoute({
  getParentRoute,
  path: '/principals/$principal',
  validateSearch: by(RangeSearch),
  staticData: needs('Principal', 'metadata'),
  component: lazyRouteComponent(() => import('./pages/principal/principal-page.tsx'), 'PrincipalPage'),
})

const login = createRoute({
  getParentRoute,
  path: '/login',
  validateSearch: by(LoginSearch),
  component: lazyRouteComponent(() => import('./pages/signed-in-page.tsx'), 'SignedInPage'),
})

const routes = root.addChildren([
  login,
  triage,
  alerts,
  alert,
  suppressions,
  rules,
  newRule,
  rule,
  exports,
  observables,
  observable,
  sessions,
  session,
  proof,
  chains,
  chain,
  runs,
  run,
  search,
  accessLog,
  health,
  deadLetter,
  target,
  principal,
])

export function createAppRouter() {
  return createRouter({ routeTree: routes, parseSearch, stringifySearch, defaultPreload: false, scrollRestoration: true })
}

declare module '@tanstack/react-router' {
  interface StaticDataRouteOption {
    needs?: { title: string; rights: [Right, ...Right[]] }
  }
  interface Register {
    router: ReturnType<typeof createAppRouter>
  }
}
