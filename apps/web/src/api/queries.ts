import type {
  AccessLogPage,
  AlertDetail,
  AlertsPage,
  ChainDetail,
  ChainsPage,
  CommandsAnswer,
  DeadLetterDetail,
  DeadLettersPage,
  EventsPage,
  Health,
  LoginOptions,
  Me,
  ObservableDetail,
  PrincipalDetail,
  Proof,
  RequestDetail,
  RequestsPage,
  ResourcesAnswer,
  RuleChecked,
  RuleDetail,
  RulesAnswer,
  RunDetail,
  RunsPage,
  SearchPage,
  SessionDetail,
  SessionsPage,
  StatementsPage,
  SuppressionsAnswer,
  TargetDetail,
  TargetsAnswer,
  TerminalIndex,
  Triage,
  VerifyPage,
} from '@hoptrace/api'
import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import { apiPath, getJson, type Params, postJson } from './client.ts'

function read<T>(parts: readonly (string | number)[], params: Params = {}) {
  return queryOptions({
    queryKey: [...parts, params] as const,
    queryFn: ({ signal }) => getJson<T>(apiPath(parts, params), signal),
  })
}

/** Pages joined as they are asked for. */
function pages<T extends { nextCursor: string | null }>(parts: readonly string[], params: Params = {}) {
  return infiniteQueryOptions({
    queryKey: [...parts, 'pages', params] as const,
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam, signal }) => getJson<T>(apiPath(parts, { ...params, cursor: pageParam }), signal),
    getNextPageParam: (page) => page.nextCursor ?? undefined,
  })
}

export const me = () => ({ ...read<Me>(['me']), staleTime: 60_000 })
export const loginOptions = () => read<LoginOptions>(['login', 'options'])
export const triage = () => ({ ...read<Triage>(['triage']), refetchInterval: 15_000 })
export const health = () => ({ ...read<Health>(['health']), refetchInterval: 10_000 })
export const sessions = (params: Params) => read<SessionsPage>(['sessions'], params)
export const session = (id: string) => read<SessionDetail>(['sessions', id])
export const events = (id: string, params: Params) => pages<EventsPage>(['sessions', id, 'events'], params)
export const oneEvent = (id: string, seq: number) => read<EventsPage>(['sessions', id, 'events'], { after: seq - 1, limit: 1 })
/** The first thousand events of a type. */
export const someEvents = (id: string, type: string) => read<EventsPage>(['sessions', id, 'events'], { type, limit: 1000 })
export const proof = (id: string, seq: number, params: Params = {}) => read<Proof>(['sessions', id, 'events', seq], params)
export const statements = (id: string, params: Params = {}) =>
  pages<StatementsPage>(['sessions', id, 'statements'], { limit: 500, ...params })
export const requests = (id: string, params: Params = {}) => pages<RequestsPage>(['sessions', id, 'requests'], { limit: 500, ...params })
/** The request that an event belongs to, by the event's seq. */
export const request = (id: string, seq: number, params: Params = {}) => read<RequestDetail>(['sessions', id, 'requests', seq], params)
export const resources = (id: string, params: Params = {}) => read<ResourcesAnswer>(['sessions', id, 'resources'], params)
export const commands = (id: string, params: Params) => read<CommandsAnswer>(['sessions', id, 'commands'], params)
export const terminalIndexPath = (id: string, params: Params) => apiPath(['sessions', id, 'terminal', 'index.json'], params)
export const terminalIndex = (id: string, params: Params) => read<TerminalIndex>(['sessions', id, 'terminal', 'index.json'], params)
export const chains = (params: Params) => pages<ChainsPage>(['chains'], params)
export const chain = (id: string) => read<ChainDetail>(['chains', id])
export const alerts = (params: Params) => pages<AlertsPage>(['alerts'], params)
export const alert = (id: string) => read<AlertDetail>(['alerts', id])
export const suppressions = () => read<SuppressionsAnswer>(['suppressions'])
export const rules = () => read<RulesAnswer>(['rules'])
export const rule = (id: string) => read<RuleDetail>(['rules', id])
/** What is wrong with a rule's text. Asked by POST, since texts are long; it changes nothing. */
export const ruleCheck = (text: string) =>
  queryOptions({
    queryKey: ['rule-check', text] as const,
    queryFn: () => postJson<RuleChecked>(apiPath(['rules', 'check']), { text }),
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 60_000,
  })
export const observable = (kind: string, digest: string) => read<ObservableDetail>(['observables', kind, digest])
export const principal = (id: string, params: Params) => read<PrincipalDetail>(['principals', id], params)
export const target = (name: string, params: Params) => read<TargetDetail>(['targets', name], params)
export const runs = (params: Params) => pages<RunsPage>(['runs'], params)
export const run = (id: string) => read<RunDetail>(['runs', id])
export const targets = () => read<TargetsAnswer>(['targets'])
export const verify = (params: Params) => pages<VerifyPage>(['verify'], params)
export const deadLetters = () => pages<DeadLettersPage>(['dead-letters'])
export const deadLetter = (id: string) => read<DeadLetterDetail>(['dead-letters', id])
export const accessLog = (params: Params) => pages<AccessLogPage>(['access-log'], params)
export const search = (params: Params) => pages<SearchPage>(['search'], params)
