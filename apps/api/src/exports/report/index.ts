import { loadReport, type ReportOptions } from './load-report.ts'
import { renderReport } from './render-report.ts'

/** A chain's page, made; null for what is no chain. */
export async function reportOf(options: ReportOptions): Promise<string | null> {
  const report = await loadReport(options)
  return report && renderReport(report)
}
