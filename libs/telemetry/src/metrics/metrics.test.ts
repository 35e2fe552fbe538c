import { describe, expect, expectTypeOf, it } from 'vitest'
import { counter, gauge, histogram, type LabelValues } from './definition.ts'
import { Metrics } from './metrics.ts'

const refused = counter('test_refused_total', 'Refused attempts', { protocol: ['postgres', 'ssh'] })
const silent = gauge('test_silent', 'Gateways that fell silent', { gateway: { atMost: 2 } })

describe('metrics', () => {
  it('are those of the process, and of its event loop, too', async () => {
    const text = await new Metrics('0').text()
    for (const name of ['process_cpu_seconds_total', 'process_resident_memory_bytes', 'nodejs_eventloop_lag_p99_seconds']) {
      expect(text).toContain(`# TYPE ${name} `)
    }
  })

  it('are counted in a registry of their own', async () => {
    const [one, other] = [new Metrics('0'), new Metrics('0')]
    one.counter(refused).add({ protocol: 'ssh' })
    other.counter(refused).add({ protocol: 'ssh' }, 2)
    expect(await one.text()).toContain('test_refused_total{protocol="ssh"} 1\n')
    expect(await other.text()).toContain('test_refused_total{protocol="ssh"} 2\n')
  })

  it('take only the labels that their definition lists', () => {
    expectTypeOf<LabelValues<typeof refused.labels>>().toEqualTypeOf<{ readonly protocol: 'postgres' | 'ssh' }>()
  })

  it('never grow with what is given as a label', async () => {
    const metrics = new Metrics('0')
    metrics.gaugeFrom(silent, () => ['gw-1', 'gw-2', 'gw-3', 'SELECT secret FROM t'].map((gateway) => [{ gateway }, 1] as const))
    const lines = (await metrics.text()).split('\n').filter((line) => line.startsWith('test_silent{'))
    expect(lines).toEqual(['test_silent{gateway="gw-1"} 1', 'test_silent{gateway="gw-2"} 1', 'test_silent{gateway="other"} 1'])
  })

  it('are read when they are asked for, and a label that is gone goes', async () => {
    const metrics = new Metrics('0')
    let gateways = ['gw-1']
    metrics.gaugeFrom(silent, () => gateways.map((gateway) => [{ gateway }, 0] as const))
    expect(await metrics.text()).toContain('test_silent{gateway="gw-1"} 0')
    gateways = []
    expect(await metrics.text()).not.toContain('test_silent{')
  })

  it('read counters that others keep without adding them up', async () => {
    const metrics = new Metrics('0')
    let count = 3
    metrics.countFrom(counter('test_passes_total', 'Passes'), () => count)
    await metrics.text()
    count = 5
    expect(await metrics.text()).toContain('test_passes_total 5\n')
  })

  it('say that a reading failed, and give the others', async () => {
    const metrics = new Metrics('0')
    metrics.gaugeFrom(silent, () => {
      throw new Error('gone')
    })
    metrics.histogram(histogram('test_insert_seconds', 'Inserts', [0.1, 1])).observe({}, 0.5)
    await metrics.text()
    const text = await metrics.text()
    expect(text).toContain('hoptrace_metric_read_failures_total 2')
    expect(text).toContain('test_insert_seconds_bucket{le="1"} 1')
  })
})
