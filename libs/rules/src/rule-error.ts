/** What is wrong in a rule, and where. */
export type RuleProblem = {
  file: string
  /** From 1. */
  line: number
  /** From 1, in UTF-16 units. */
  column: number
  message: string
}

/** A fault in a part of a rule. `path` leads to it in the document; `offset` counts in the text that stands there. */
export class RuleError extends Error {
  readonly code = 'RULE_INVALID'
  readonly retryable = false

  constructor(
    message: string,
    readonly path: readonly (string | number)[] = [],
    readonly offset = 0,
  ) {
    super(message)
  }

  /** The same fault, seen from further out. */
  under(...outer: (string | number)[]): RuleError {
    return new RuleError(this.message, [...outer, ...this.path], this.offset)
  }
}

/** Does the work; a fault in it is told from further out. */
export function within<T>(outer: string | number, work: () => T): T {
  try {
    return work()
  } catch (error) {
    throw error instanceof RuleError ? error.under(outer) : error
  }
}
