import type { EventBody } from './bodies.ts'

type Named = Pick<EventBody<'pivot.named'>, 'host' | 'port' | 'account' | 'object' | 'on'>

/** Where a `pivot.named` goes, in one line: `ops@db.internal:5432/orders, from jump`. */
export function pivotDestination({ host, port, account, object, on }: Named): string {
  const place = host ?? (object === null ? 'a host that is not told' : '')
  const address = `${account === null || place === '' ? '' : `${account}@`}${place}${port === null ? '' : `:${port}`}`
  const there = [address, object].filter(Boolean).join('/')
  return on === null ? there : `${there}, from ${on}`
}
