/** A header field as it came: its name in lower case, its value as it is. */
export type Field = readonly [name: string, value: string]

/** The fields of a head, in the order of the wire. */
export class HeaderFields {
  readonly list: Field[] = []

  /** @param raw names and values in turn, as Node.js and undici give them */
  constructor(readonly raw: readonly string[]) {
    for (let i = 0; i + 1 < raw.length; i += 2) this.list.push([(raw[i] ?? '').toLowerCase(), raw[i + 1] ?? ''])
  }

  /** The first value of this name; null where there is none. */
  first(name: string): string | null {
    for (const field of this.list) if (field[0] === name) return field[1]
    return null
  }

  count(name: string): number {
    let count = 0
    for (const field of this.list) if (field[0] === name) count += 1
    return count
  }
}

/** Of one connection, never passed on (RFC 9110, 7.6.1; the last three by custom). */
const HOP_BY_HOP: ReadonlySet<string> = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-authentication-info',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'proxy-connection',
  'http2-settings',
  'alt-svc',
])

/** Members of `Connection` that name no field. */
const CONNECTION_OPTIONS: ReadonlySet<string> = new Set(['close', 'keep-alive', 'upgrade', ''])
const NONE: ReadonlySet<string> = new Set()

/** The fields that `Connection` says are of this connection alone. */
export function namedByConnection(fields: HeaderFields): ReadonlySet<string> {
  let named: Set<string> | null = null
  for (const [name, value] of fields.list) {
    if (name !== 'connection') continue
    for (const member of value.split(',')) {
      const option = member.trim().toLowerCase()
      if (CONNECTION_OPTIONS.has(option)) continue
      named ??= new Set()
      named.add(option)
    }
  }
  return named ?? NONE
}

/** Names and values in turn of the fields that go beyond this connection, but for those that `isLeftOut` names. */
export function endToEnd(fields: HeaderFields, isLeftOut: (field: Field) => boolean): string[] {
  const named = namedByConnection(fields)
  const passed: string[] = []
  for (const [index, field] of fields.list.entries()) {
    const [name, value] = field
    if (HOP_BY_HOP.has(name) || named.has(name) || isLeftOut(field)) continue
    passed.push(fields.raw[2 * index] ?? name, value)
  }
  return passed
}
