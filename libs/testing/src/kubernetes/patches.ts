import { isJson, type Json, textOf } from './objects.ts'
import { StatusError } from './status.ts'

/**
 * Applies a patch: JSON Patch (RFC 6902: add, replace, remove), JSON Merge Patch (RFC 7386), and strategic merge patch
 * as far as lists of named members go. An apply patch is merged.
 * @throws StatusError for an operation that it does not know
 */
export function patched(object: Json, patch: unknown, contentType: string): Json {
  if (contentType.startsWith('application/json-patch+json')) return jsonPatched(object, patch)
  const areListsMerged = !contentType.startsWith('application/merge-patch+json')
  const merged = merge(object, patch, areListsMerged)
  if (!isJson(merged)) throw new StatusError(400, 'BadRequest', 'the patch is no object')
  return merged
}

function merge(before: unknown, patch: unknown, areListsMerged: boolean): unknown {
  if (areListsMerged && areNamed(before) && areNamed(patch)) return mergeNamed(before, patch)
  if (!isJson(patch)) return patch
  const merged: Json = isJson(before) ? { ...before } : {}
  for (const [member, value] of Object.entries(patch)) {
    if (member.startsWith('$')) continue
    if (value === null) delete merged[member]
    else merged[member] = merge(merged[member], value, areListsMerged)
  }
  return merged
}

function areNamed(value: unknown): value is Json[] {
  return Array.isArray(value) && value.length > 0 && value.every((item) => isJson(item) && textOf(item.name) !== '')
}

function mergeNamed(before: Json[], patch: Json[]): Json[] {
  const byName = new Map(before.map((item) => [item.name, item]))
  for (const item of patch) {
    if (item.$patch === 'delete') byName.delete(item.name)
    else byName.set(item.name, merge(byName.get(item.name), item, true) as Json)
  }
  return [...byName.values()]
}

function jsonPatched(object: Json, patch: unknown): Json {
  const copy = structuredClone(object)
  for (const operation of Array.isArray(patch) ? patch : []) applyOperation(copy, operation)
  return copy
}

function applyOperation(object: Json, operation: unknown): void {
  if (!isJson(operation)) throw new StatusError(400, 'BadRequest', 'an operation is no object')
  const steps = textOf(operation.path)
    .split('/')
    .slice(1)
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'))
  const last = steps.pop() ?? ''
  let parent: unknown = object
  for (const step of steps) parent = isJson(parent) ? parent[step] : Array.isArray(parent) ? parent[Number(step)] : undefined
  if (isJson(parent)) {
    if (operation.op === 'remove') delete parent[last]
    else parent[last] = operation.value
  } else if (Array.isArray(parent)) {
    parent.splice(
      last === '-' ? parent.length : Number(last),
      operation.op === 'add' ? 0 : 1,
      ...(operation.op === 'remove' ? [] : [operation.value]),
    )
  } else throw new StatusError(422, 'Invalid', 'the path of an operation does not exist')
}
