/** The end of a UUIDv7 tells sessions apart; its start is only time. `…4f21c9a0`. */
export function shortId(id: string): string {
  return id.length > 12 ? `…${id.slice(-8)}` : id
}

/** First and last of a hash: `3f9a2b10…77c1`. */
export function shortHash(hash: string): string {
  return hash.length > 16 ? `${hash.slice(0, 8)}…${hash.slice(-4)}` : hash
}
