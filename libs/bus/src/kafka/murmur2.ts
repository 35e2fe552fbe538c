/**
 * MurmurHash2, 32 bits, little endian, by Austin Appleby (public domain), with the seed of Kafka's Java client: what
 * every Kafka client hashes keys with by default, so that a session lands in one partition whoever publishes it.
 * Answers a signed 32-bit integer.
 */
export function murmur2(key: Buffer): number {
  const length = key.length
  const words = length & ~3
  let hash = SEED ^ length
  for (let at = 0; at < words; at += 4) hash = Math.imul(hash, M) ^ mixed(key.readInt32LE(at))
  for (let at = length - 1; at >= words; at -= 1) hash ^= (key[at] ?? 0) << (8 * (at - words))
  if (length > words) hash = Math.imul(hash, M)
  hash = Math.imul(hash ^ (hash >>> 13), M)
  return hash ^ (hash >>> 15)
}

const SEED = 0x9747b28c
const M = 0x5bd1e995

function mixed(word: number): number {
  const product = Math.imul(word, M)
  return Math.imul(product ^ (product >>> 24), M)
}

/** The partition that Kafka's own clients choose for a key. */
export function partitionOf(key: Buffer, partitions: number): number {
  return (murmur2(key) & 0x7fffffff) % partitions
}
