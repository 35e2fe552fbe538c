/**
 * Weak evidence that is that old: halved each half-life, and between two halvings on the straight line. Integers in, an integer out, so
 * that it is the same on every machine.
 * @param ageUs @param halfLifeUs microseconds
 */
export function decayed(score: number, ageUs: number, halfLifeUs: number): number {
  const age = Math.max(0, ageUs)
  const halvings = Math.floor(age / halfLifeUs)
  if (halvings > 30) return 0
  const from = Math.floor(score / 2 ** halvings)
  return from - Math.floor(((from - Math.floor(from / 2)) * (age - halvings * halfLifeUs)) / halfLifeUs)
}
