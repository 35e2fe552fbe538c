import type { ResourceItem, ResourcesAnswer } from '../contract/index.ts'
import { MARK } from '../masking/mask-event.ts'
import { addressSecrets } from '../masking/request-secrets.ts'
import { hidden } from '../masking/secret-ranges.ts'
import type { UseRow } from './resources.queries.ts'

/** The leaves of the tree, each with what was done to it. `rows` come in the order of the tree. */
export function resourcesOf(rows: readonly UseRow[], isRevealed: boolean): Pick<ResourcesAnswer, 'items' | 'discovery' | 'masked'> {
  const items = new Map<string, ResourceItem>()
  let discovery = 0
  let masked = 0
  for (const row of rows) {
    if (row.isDiscovery) {
      discovery += row.requests
      continue
    }
    const { leaf, hidden: count } = leafOf(row, isRevealed)
    const key = JSON.stringify(leaf)
    if (!items.has(key)) masked += count
    const item: ResourceItem = items.get(key) ?? { ...leaf, requests: 0, failed: 0, worstStatus: null, firstSeq: row.firstSeq, uses: [] }
    items.set(key, added(item, row))
  }
  return { items: [...items.values()], discovery, masked }
}

type Leaf =
  | { kind: 'kubernetes'; group: string; resource: string; namespace: string | null; name: string | null }
  | { kind: 'http'; path: string }

function leafOf(row: UseRow, isRevealed: boolean): { leaf: Leaf; hidden: number } {
  const { group, resource, namespace, name } = row
  if (row.type === 'kubernetes.request' && resource !== '')
    return { leaf: { kind: 'kubernetes', group, resource, namespace, name }, hidden: 0 }
  const spans = isRevealed ? [] : addressSecrets(row.path)
  return { leaf: { kind: 'http', path: hidden(row.path, spans, MARK) }, hidden: spans.length }
}

function added(item: ResourceItem, { verb, requests, failed, worstStatus, firstSeq }: UseRow): ResourceItem {
  const worst = [item.worstStatus, worstStatus].filter((status) => status !== null)
  return {
    ...item,
    requests: item.requests + requests,
    failed: item.failed + failed,
    worstStatus: worst.length === 0 ? null : Math.max(...worst),
    firstSeq: Math.min(item.firstSeq, firstSeq),
    uses: [...item.uses, { verb, count: requests, failed }],
  }
}
