import type { Alert, BaselineFacts } from '@hoptrace/rules'
import type { AlertRow } from '@hoptrace/store'

/** An alert as it is stored; when it was raised is known only beside what is stored already. */
export type DesiredAlert = Omit<AlertRow, 'raisedAtMs'>

/** @param baseline of the chain; null where there is none */
export function alertRow(alert: Alert, baseline: BaselineFacts | null): DesiredAlert {
  const { id, chain, severity, response, sentence, principal, rootPrincipal, firstUs, lastUs, reach, weakest } = alert
  return {
    id,
    chainId: chain,
    severity,
    response,
    sentence,
    principal,
    rootPrincipal,
    runs: [...alert.runs],
    targets: [...alert.targets],
    protocols: [...alert.protocols],
    rules: [...new Set(alert.findings.map(({ rule }) => rule.id))].sort(),
    firstTs: firstUs,
    lastTs: lastUs,
    content: {
      findings: alert.findings.map((finding) => ({
        ...finding,
        rule: { ...finding.rule, tags: [...finding.rule.tags] },
        refs: [...finding.refs],
      })),
      reach: { ...reach, targets: [...reach.targets] },
      rotate: [...alert.rotate],
      weakest,
      baseline: alert.baseline === '' ? null : baseline,
    },
  }
}
