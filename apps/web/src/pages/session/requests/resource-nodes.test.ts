import type { ResourceItem } from '@hoptrace/api'
import { describe, expect, it } from 'vitest'
import { type ResourceNode, resourceTree } from './resource-nodes.ts'

const told = { requests: 1, failed: 0, worstStatus: 200, firstSeq: 1, uses: [{ verb: 'get', count: 1, failed: 0 }] }
const object = (group: string, resource: string, namespace: string | null, name: string | null): ResourceItem => ({
  kind: 'kubernetes',
  group,
  resource,
  namespace,
  name,
  ...told,
})
const path = (text: string): ResourceItem => ({ kind: 'http', path: text, ...told })
type Outline = [string, number, ...Outline[]]
const outline = ({ label, requests, children }: ResourceNode): Outline => [label, requests, ...children.map(outline)]

describe('the tree of resources', () => {
  it('goes from the group to the name and counts what is below', () => {
    const tree = resourceTree([
      object('', 'pods', 'shop', null),
      object('', 'pods', 'shop', 'web'),
      object('apps', 'deployments', null, null),
    ])
    expect(tree.map(outline)).toEqual([
      ['core', 2, ['pods', 2, ['shop', 2, ['web', 1]]]],
      ['apps', 1, ['deployments', 1]],
    ])
    expect(tree[0]?.children[0]?.children[0]?.children[0]?.place).toEqual({ resource: 'pods', namespace: 'shop', name: 'web' })
    expect(tree[1]?.children[0]?.place).toEqual({ resource: 'deployments.apps' })
  })

  it('narrows to a subresource of a group', () => {
    const [group] = resourceTree([object('apps', 'deployments/scale', 'shop', 'web')])
    expect(group?.children[0]?.place).toEqual({ resource: 'deployments.apps/scale' })
  })

  it('joins paths that lead to one alone', () => {
    const tree = resourceTree([path('/v1/invoices'), path('/v1/invoices/7/pdf'), path('/mcp')])
    expect(tree.map(outline)).toEqual([
      ['/v1/invoices', 2, ['/7/pdf', 1]],
      ['/mcp', 1],
    ])
    expect(tree[0]?.place).toEqual({ resource: '/v1/invoices' })
  })
})
