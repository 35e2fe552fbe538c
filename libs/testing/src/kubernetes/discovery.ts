import { apiVersionOf, groups, RESOURCES, type Resource, resourcesOf } from './resources.ts'

/** What the server says of itself: the documents by which a client learns which kinds exist. Null where the path is none of them. */
export function discoveryAt(path: string, accept: string): { contentType: string; document: object } | null {
  const aggregated = path === '/api' || path === '/apis' ? aggregatedVersion(accept) : null
  if (aggregated !== null) {
    const contentType = `application/json;g=apidiscovery.k8s.io;v=${aggregated};as=APIGroupDiscoveryList`
    return { contentType, document: groupDiscovery(path, aggregated) }
  }
  const document = legacyDocument(path) ?? openApiDocument(path)
  return document && { contentType: 'application/json', document }
}

function aggregatedVersion(accept: string): string | null {
  if (!accept.includes('as=APIGroupDiscoveryList')) return null
  return accept.includes('v=v2;') || /v=v2(?:,|$)/.test(accept) ? 'v2' : 'v2beta1'
}

function groupDiscovery(path: string, version: string): object {
  const names = path === '/api' ? [''] : groups()
  const items = names.map((group) => ({
    metadata: { name: group, creationTimestamp: null },
    versions: [{ version: 'v1', resources: resourcesOf(group).map(discovered), freshness: 'Current' }],
  }))
  return { kind: 'APIGroupDiscoveryList', apiVersion: `apidiscovery.k8s.io/${version}`, metadata: {}, items }
}

function discovered(resource: Resource): object {
  const { group, version, plural, kind, isNamespaced, shortNames, categories, verbs, subresources } = resource
  return {
    resource: plural,
    responseKind: { group, version, kind },
    scope: isNamespaced ? 'Namespaced' : 'Cluster',
    singularResource: kind.toLowerCase(),
    verbs,
    shortNames,
    categories,
    subresources: subresources.map((sub) => ({
      subresource: sub.name,
      responseKind: { group: '', version: 'v1', kind: sub.kind },
      verbs: sub.verbs,
    })),
  }
}

function legacyDocument(path: string): object | null {
  if (path === '/version') return VERSION
  if (path === '/api') return { kind: 'APIVersions', versions: ['v1'], serverAddressByClientCIDRs: [] }
  if (path === '/apis') return { kind: 'APIGroupList', apiVersion: 'v1', groups: groups().map(apiGroup) }
  if (path === '/api/v1') return resourceList('')
  const group = /^\/apis\/([^/]+)(\/v1)?$/.exec(path)
  if (!group?.[1] || !groups().includes(group[1])) return null
  return group[2] ? resourceList(group[1]) : { kind: 'APIGroup', apiVersion: 'v1', ...apiGroup(group[1]) }
}

const VERSION = { major: '1', minor: '31', gitVersion: 'v1.31.0-fake', gitCommit: '', gitTreeState: '', platform: 'linux/amd64' }

function apiGroup(name: string): object {
  const version = { groupVersion: `${name}/v1`, version: 'v1' }
  return { name, versions: [version], preferredVersion: version }
}

function resourceList(group: string): object {
  const resources = resourcesOf(group).flatMap((resource) => {
    const { plural, kind, isNamespaced, verbs, shortNames, categories, subresources } = resource
    const own = { name: plural, singularName: kind.toLowerCase(), namespaced: isNamespaced, kind, verbs, shortNames, categories }
    return [own, ...subresources.map((sub) => ({ ...own, name: `${plural}/${sub.name}`, kind: sub.kind, verbs: sub.verbs }))]
  })
  return { kind: 'APIResourceList', apiVersion: 'v1', groupVersion: group === '' ? 'v1' : `${group}/v1`, resources }
}

// As much of OpenAPI as kubectl asks for before it lets the server validate: which kinds take `fieldValidation`.
function openApiDocument(path: string): object | null {
  if (path === '/openapi/v3') {
    const paths = ['api/v1', ...groups().map((group) => `apis/${group}/v1`)]
    return { paths: Object.fromEntries(paths.map((at) => [at, { serverRelativeURL: `/openapi/v3/${at}?hash=0` }])) }
  }
  const group = /^\/openapi\/v3\/(?:api|apis\/([^/]+))\/v1$/.exec(path)
  if (!group) return null
  const paths = RESOURCES.filter((resource) => resource.group === (group[1] ?? '')).map(openApiPath)
  return { openapi: '3.0.0', info: { title: 'Kubernetes', version: 'v1.31.0-fake' }, paths: Object.fromEntries(paths) }
}

function openApiPath(resource: Resource): [string, object] {
  const { group, version, kind, plural, isNamespaced } = resource
  const root = group === '' ? '/api/v1' : `/apis/${apiVersionOf(resource)}`
  const operation = {
    parameters: [{ name: 'fieldValidation', in: 'query', schema: { type: 'string', uniqueItems: true } }],
    responses: { 200: { description: 'OK' } },
    'x-kubernetes-group-version-kind': { group, version, kind },
  }
  return [`${root}/${isNamespaced ? 'namespaces/{namespace}/' : ''}${plural}/{name}`, { patch: operation }]
}
