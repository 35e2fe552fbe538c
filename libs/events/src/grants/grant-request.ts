import { z } from 'zod'
import { Grant, HttpScope, KubernetesScope } from '../bodies/grant.ts'
import { pathSegments } from './request-path.ts'
import { resourcePattern } from './resource-pattern.ts'

type Rule = { isPattern: (pattern: string) => boolean; problem: string }

const NAME: Rule = { isPattern: (text) => /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/.test(text), problem: 'must be a name, or * alone' }
const VERB: Rule = { isPattern: (text) => /^[a-z]+$/.test(text), problem: 'must be a verb in lower case, or * alone' }
const METHOD: Rule = { isPattern: (text) => /^[A-Z]+(-[A-Z]+)*$/.test(text), problem: 'must be a method in upper case, or * alone' }
const RESOURCE: Rule = {
  isPattern: (text) => resourcePattern(text) !== null,
  problem: 'must be like pods, pods/exec, pods/* or deployments.apps, or * alone',
}
const PATH: Rule = {
  isPattern: isPathPattern,
  problem: 'must be a path from the root in normal form, with one * in a segment at most, and ** as the last one alone',
}

/**
 * A grant as it is asked for. A grant of an event is read more widely; but a scope that is misspelt here must not
 * come out as none, so that unknown members, patterns that match nothing, and another protocol's scope are refused.
 */
export const GrantRequest = z
  .strictObject({
    ...Grant.shape,
    kubernetes: z
      .strictObject({
        namespaces: checked(KubernetesScope.shape.namespaces, NAME),
        resources: checked(KubernetesScope.shape.resources, RESOURCE),
        verbs: checked(KubernetesScope.shape.verbs, VERB),
      })
      .optional(),
    http: z
      .strictObject({
        methods: checked(HttpScope.shape.methods, METHOD),
        paths: checked(HttpScope.shape.paths, PATH, false),
      })
      .optional(),
  })
  .superRefine((grant, context) => {
    for (const protocol of ['kubernetes', 'http'] as const) {
      if (grant[protocol] === undefined || grant.protocol === protocol) continue
      context.addIssue({
        code: 'custom',
        path: [protocol],
        message: `narrows a grant for ${protocol}, and this is one for ${grant.protocol}`,
      })
    }
  })
export type GrantRequest = z.infer<typeof GrantRequest>

function checked(patterns: typeof HttpScope.shape.paths, { isPattern, problem }: Rule, isStarAll = true) {
  return patterns.superRefine((given, context) => {
    given?.forEach((pattern, index) => {
      if ((isStarAll && pattern === '*') || isPattern(pattern)) return
      context.addIssue({ code: 'custom', path: [index], message: problem })
    })
  })
}

function isPathPattern(text: string): boolean {
  const segments = pathSegments(text)
  if (!segments || `/${segments.join('/')}` !== text) return false
  // One `*` a segment: agents choose patterns for their children, and none may be slow to match.
  return segments.every((segment, index) => segment.split('*').length <= 2 || (segment === '**' && index === segments.length - 1))
}
