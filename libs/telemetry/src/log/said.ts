/** A word that may be logged: a code, a number's unit, a configured name, a place on disk. Made only by the functions here. */
export class Said {
  private constructor(readonly text: string) {}

  static of(text: string): Said {
    return new Said(text)
  }
}

/** Text that stands in the source. Anything that came in at run time has the type `string`, and is refused by the compiler. */
export type Literal<S extends string> = string extends S ? never : S

const NAME = /^[\p{L}\p{N}[][\p{L}\p{N}._:@/[\]-]{0,199}$/u
const CODE = /^[A-Za-z][A-Za-z0-9_.-]{0,63}$/

/** What stands for a value that is no name. */
const UNNAMEABLE = '(not a name)'

/** A name that the operator chose: a gateway, a topic, an address, a directory. Whatever has blanks or controls is no name. */
export function name(value: string): Said {
  return Said.of(NAME.test(value) || isPath(value) ? value : UNNAMEABLE)
}

/**
 * What may be told of an error: its stable code, else the name of its class. Never its message, which may quote what was
 * being handled when it happened.
 */
export function faultOf(error: unknown): Said {
  if (!(error instanceof Error)) return Said.of(typeof error)
  const code = 'code' in error ? error.code : null
  return Said.of(typeof code === 'string' && CODE.test(code) ? code : CODE.test(error.name) ? error.name : 'Error')
}

/** What a log may say of an error that ended a process: its code, and its message where it is one of Hoptrace's own. */
export function explained(error: unknown): { fault: Said; explanation?: Said } {
  return isOwn(error) ? { fault: faultOf(error), explanation: explain(error) } : { fault: faultOf(error) }
}

function isOwn(error: unknown): error is Error & { readonly retryable: boolean } {
  return error instanceof Error && 'retryable' in error && typeof error.retryable === 'boolean' && !error.name.startsWith('KafkaJS')
}

/** The message of one of Hoptrace's own errors: they name settings, tables and coordinates, and never a payload. */
export function explain(error: Error & { readonly retryable: boolean }): Said {
  return Said.of(error.message.slice(0, 500))
}

function isPath(value: string): boolean {
  return /^[/.][^\p{Cc}]{0,499}$/u.test(value)
}

/** Where an error was thrown, as `file.ts:12`. Of its stack no more: that begins with the message. */
export function placeOf({ stack = '', message }: Error): Said {
  const frames = stack.slice(stack.indexOf(message) + message.length)
  return Said.of(/^\s+at .*?([\w.-]{1,100}\.[cm]?[jt]s:\d+):\d+\)?$/m.exec(frames)?.[1] ?? 'unknown')
}
