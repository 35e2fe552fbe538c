import { readFileSync } from 'node:fs'
import { catalogue, type MetricDefinition, Metrics } from '@hoptrace/telemetry'
import { beforeAll, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { z } from 'zod'

const ours: readonly MetricDefinition[] = Object.values(catalogue).flat()
const Panel = z.looseObject({ title: z.string(), targets: z.array(z.looseObject({ expr: z.string() })).default([]) })
const Dashboard = z.looseObject({ panels: z.array(Panel) })
const Alerts = z.object({ groups: z.array(z.object({ rules: z.array(z.looseObject({ alert: z.string(), expr: z.string() })) })) })

/** Names of series in an expression of Prometheus. */
function seriesIn(expr: string): string[] {
  return [...expr.replaceAll(/"[^"]*"|\{[^}]*\}|by \([^)]*\)/g, '').matchAll(/\b(?:hoptrace|process|nodejs)_\w+/g)].map(([name]) => name)
}

let known: Set<string>
beforeAll(async () => {
  const fromNode = [...(await new Metrics('0').text()).matchAll(/^# TYPE (\w+) /gm)].map(([, name = '']) => name)
  const histograms = ours
    .filter(({ kind }) => kind === 'histogram')
    .flatMap(({ name }) => ['_bucket', '_sum', '_count'].map((end) => name + end))
  known = new Set([...fromNode, ...histograms, ...ours.filter(({ kind }) => kind !== 'histogram').map(({ name }) => name)])
})

describe('every metric', () => {
  it('has a name of its own, with its unit, and says what it is', () => {
    expect(new Set(ours.map(({ name }) => name)).size).toBe(ours.length)
    for (const { name, kind, help } of ours) {
      expect(name).toMatch(/^hoptrace_[a-z_]+$/)
      expect([name, kind === 'counter']).toEqual([name, name.endsWith('_total')])
      expect(help.length).toBeGreaterThan(10)
    }
  })

  it('stands in the documentation, with its labels, and nothing else stands there', () => {
    const rows = [...readFileSync('deploy/METRICS.md', 'utf8').matchAll(/^\| `(hoptrace_\w+)` +\| (\w+) +\| ([^|]*?) +\| (.*?) +\|$/gm)]
    const documented = rows.map(([, name, kind, labels = '', help]) => [name, kind, labels.replaceAll('`', ''), help])
    expect(documented).toEqual(ours.map(({ name, kind, labels, help }) => [name, kind, Object.keys(labels).join(', '), help]))
  })
})

describe('the dashboard', () => {
  const { panels } = Dashboard.parse(JSON.parse(readFileSync('deploy/grafana/hoptrace.json', 'utf8')))

  it('asks only for metrics that exist', () => {
    const asked = panels.flatMap(({ targets }) => targets.flatMap(({ expr }) => seriesIn(expr)))
    expect(asked.length).toBeGreaterThan(30)
    for (const name of asked) expect([name, known.has(name)]).toEqual([name, true])
  })

  it('has every expression ask for some metric', () => {
    for (const { title, targets } of panels)
      for (const { expr } of targets) expect([title, seriesIn(expr).length > 0]).toEqual([title, true])
  })
})

it('alerts only on metrics that exist', () => {
  const { groups } = Alerts.parse(parse(readFileSync('deploy/prometheus/alerts.yaml', 'utf8')))
  const rules = groups.flatMap((group) => group.rules)
  expect(rules.map(({ alert }) => alert)).toContain('HoptraceGatewaySilent')
  for (const { alert, expr } of rules)
    for (const name of seriesIn(expr)) expect([alert, name, known.has(name)]).toEqual([alert, name, true])
})
