import type { AlertNotice } from '@hoptrace/events'
import type { AlertRow } from '@hoptrace/store'

/** @param workbench where people look at alerts, without a slash at its end; null where nobody said */
export function noticeOf(tenant: string, alert: AlertRow, workbench: string | null): AlertNotice {
  const rules = new Map(alert.content.findings.map(({ rule }) => [rule.id, rule]))
  return {
    v: 1,
    kind: 'alert',
    tenant,
    id: alert.id,
    url: workbench === null ? null : `${workbench}/alerts/${alert.id}`,
    severity: alert.severity,
    response: alert.response,
    sentence: alert.sentence.slice(0, 4096),
    principal: alert.principal?.slice(0, 256) ?? null,
    rootPrincipal: alert.rootPrincipal?.slice(0, 256) ?? null,
    runs: alert.runs.slice(0, 256),
    targets: alert.targets.slice(0, 256).map((target) => target.slice(0, 256)),
    protocols: alert.protocols,
    rules: [...rules.values()].map(({ id, title, tags }) => ({ id: id.slice(0, 256), title: title.slice(0, 256), tags })),
    chainId: alert.chainId,
    firstAt: instant(alert.firstTs / 1000),
    lastAt: instant(alert.lastTs / 1000),
    raisedAt: instant(alert.raisedAtMs),
  }
}

function instant(ms: number): string {
  return new Date(ms).toISOString()
}
