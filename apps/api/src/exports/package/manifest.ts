import { instant } from '../instant.ts'
import type { Requester, Scope } from './scope.ts'
import type { Spool } from './spool.ts'

export const PACKAGE_FORMAT = 'hoptrace-package-1'

export type ManifestHead = {
  scope: Scope
  requester: Requester
  madeAtUs: number
  /** Of the product. */
  version: string
  /** The store's newest migration. */
  storeSchema: string
  counts: Readonly<Record<string, number>>
  clocks: unknown
}

/** What the archive holds and what it does not. Written piece by piece: an export can hold more sessions than memory does. */
export async function* manifestLines(head: ManifestHead, sessions: Spool, gateways: Spool, files: Spool): AsyncGenerator<string> {
  const { scope, requester, madeAtUs, version, storeSchema, counts, clocks } = head
  const { name, subject, tenant, hasContent, isRevealed, hasAudit } = requester
  const members = {
    format: PACKAGE_FORMAT,
    isSigned: false,
    product: { name: 'Hoptrace', version },
    schemas: { package: 1, event: 1, store: storeSchema },
    madeAt: instant(String(madeAtUs)),
    madeBy: { name, subject },
    tenant,
    query: queryOf(scope),
    span: { from: instant(String(scope.span.fromUs)), to: instant(String(scope.span.toUs)) },
    content: { isMetadataOnly: !hasContent, areSecretsRevealed: isRevealed, leftOut: leftOut(hasContent, isRevealed, hasAudit) },
    counts,
    clocks,
  }
  yield JSON.stringify(members, null, 2).slice(0, -2)
  for (const [title, spool] of Object.entries({ sessions, gateways, files })) {
    yield `,\n  ${JSON.stringify(title)}: [`
    let separator = '\n'
    for await (const line of spool.lines()) {
      yield `${separator}    ${line}`
      separator = ',\n'
    }
    yield separator === '\n' ? ']' : '\n  ]'
  }
  yield '\n}\n'
}

function queryOf({ askedFor, span }: Scope) {
  if (askedFor.kind !== 'period') return { kind: askedFor.kind, id: askedFor.id }
  return { kind: 'period', from: instant(String(span.fromUs)), to: instant(String(span.toUs)) }
}

function leftOut(hasContent: boolean, isRevealed: boolean, hasAudit: boolean): { what: string; why: string }[] {
  return [
    ...(hasContent ? [] : [{ what: 'everything that was said', why: 'the export was asked for without content' }]),
    ...(hasContent && !isRevealed ? [{ what: 'secrets in what was said', why: 'the export was asked for without revealing them' }] : []),
    ...(hasAudit ? [] : [{ what: 'who viewed what', why: 'the requester does not hold the right audit' }]),
  ]
}
