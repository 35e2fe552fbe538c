import { z } from 'zod'

/** What a person or a machine is here. Several may be held at once. */
export const Role = z.enum(['operator', 'investigator', 'responder', 'auditor'])
export type Role = z.infer<typeof Role>

/**
 * What a route asks for.
 * - `metadata`: who reached what, when, and how it went; nothing that was said
 * - `content`: what was said: statements, answers, terminal bytes, command lines, values that flowed
 * - `reveal`: secrets inside content, which are masked without it. No role holds it: it is given apart
 * - `operate`: start and revoke runs, try targets, import, service tokens
 * - `respond`: act on an alert, revoke a run
 * - `export`: take evidence away as files; their content only together with `content`
 * - `audit`: who viewed what
 */
export const Right = z.enum(['metadata', 'content', 'reveal', 'operate', 'respond', 'export', 'audit'])
export type Right = z.infer<typeof Right>
