import { TopicMismatchError, TopicNotCreatedError } from '@hoptrace/bus'

const MAX_CAUSES = 8

/** A short, stable name of a fault for logs and metrics, of its innermost cause that has one: a broker's error type, a code, else its class. Never a message. */
export function codeOf(error: unknown): string {
  let found = error instanceof Error ? error.name : typeof error
  for (let at = error, depth = 0; at instanceof Error && depth < MAX_CAUSES; at = at.cause, depth += 1) {
    const { code, type } = at as { code?: unknown; type?: unknown }
    const name = [type, code].find((each) => typeof each === 'string' && each !== '')
    if (typeof name === 'string') found = name
  }
  return found
}

/** The code of a fault, and in words what a person must put right in the cluster: the words name topics and settings only. */
export function faultOf(error: unknown): { code: string; explanation?: string } {
  const isForPeople = error instanceof TopicMismatchError || error instanceof TopicNotCreatedError
  return { code: codeOf(error), ...(isForPeople ? { explanation: error.message } : {}) }
}
