/** A moment as the api tells it, with microseconds. Accepts microseconds since the epoch or RFC 3339. */
export function instantOf(moment: string | bigint): string {
  if (typeof moment === 'string' && !/^\d+$/.test(moment)) return instantOf(BigInt(Date.parse(moment)) * 1000n)
  const micros = BigInt(moment)
  const whole = new Date(Number(micros / 1000n)).toISOString()
  return `${whole.slice(0, -1)}${String(micros % 1000n).padStart(3, '0')}Z`
}
