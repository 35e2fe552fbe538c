import { z } from 'zod'
import type { Store } from '../store.ts'

export const AnalysedRow = z.object({
  stage: z.string(),
  partition: z.string(),
  /** Everything before this moment has been looked at: microseconds since the epoch, in decimal. */
  watermark: z.string(),
})
export type AnalysedRow = z.infer<typeof AnalysedRow>

/** How far each stage of the analysis has got. */
export class Analysed {
  constructor(private readonly store: Store) {}

  /** @param updatedAtMs the latest of these wins */
  save(tenant: string, row: AnalysedRow, updatedAtMs: number): Promise<void> {
    return this.store.insert('analysed', [{ tenant, ...row, updated_at: updatedAtMs }])
  }

  list(tenant: string): Promise<AnalysedRow[]> {
    return this.store.query({
      name: 'analysed.list',
      sql: `SELECT stage, partition, toString(toUnixTimestamp64Micro(a.watermark)) AS watermark FROM analysed AS a FINAL
        WHERE tenant = {tenant:String} ORDER BY stage, partition`,
      params: { tenant },
      row: AnalysedRow,
    })
  }
}
