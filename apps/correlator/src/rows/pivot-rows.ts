import type { Pivot } from '@hoptrace/hopchain'
import type { PivotRow } from '@hoptrace/store'

export function pivotOf({ sessionId, elapsedUs, ...row }: PivotRow): Pivot {
  return { ...row, stream: sessionId, ms: Math.floor(elapsedUs / 1000) }
}
