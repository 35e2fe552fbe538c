/** Keys in one query: bound as literals, more would pass the 256 KiB that ClickHouse reads of a query's text. */
const KEYS_A_QUERY = 500

/** Asks for any number of keys, some at a time. No keys, no query. */
export async function inBatches<K, R>(keys: readonly K[], ask: (batch: readonly K[]) => Promise<R[]>): Promise<R[]> {
  const rows: R[] = []
  for (let at = 0; at < keys.length; at += KEYS_A_QUERY) rows.push(...(await ask(keys.slice(at, at + KEYS_A_QUERY))))
  return rows
}
