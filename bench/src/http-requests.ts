import type { ChildProcess } from 'node:child_process'
import { availableParallelism } from 'node:os'
import { type Load, load } from './http-load.ts'
import { cpuSecondsOf, mainThreadSecondsOf } from './processes.ts'
import { median, type Row } from './table.ts'

const ROUNDS = 3
const SECONDS = 3

/** A way to the target; `proxy` is what stands in it, and null where nothing does. */
export type Route = { name: string; port: number; prefix: string; headers: Record<string, string>; proxy: ChildProcess | null }

/** CPU microseconds a request. `thread`: of the proxy, without its threads for the disk. */
type Cost = { client: number; target: number; proxy: number; thread: number }
type Measured = Map<string, (Load & Cost)[]>

/** Short requests along each route in turn: their rates, and what they cost whom. */
export async function requestRows(routes: readonly Route[], target: ChildProcess, connections: number, isBound: boolean): Promise<Row[]> {
  const measured: Measured = new Map(routes.map(({ name }) => [name, []]))
  for (let round = 0; round < ROUNDS; round++) {
    for (const route of routes) measured.get(route.name)?.push(await costOf(route, target, connections))
  }
  const rates = rateRows(measured, connections, isBound)
  return isBound ? [...rates, ...routes.map(({ name }) => costRow(name, measured.get(name) ?? [], connections))] : rates
}

export function loadOf({ port, prefix, headers }: Route, connections: number, seconds: number): Promise<Load> {
  return load({ port, path: `${prefix}/invoice`, headers, connections, seconds })
}

async function costOf(route: Route, target: ChildProcess, connections: number): Promise<Load & Cost> {
  const { proxy } = route
  const used = () => {
    const { user, system } = process.cpuUsage()
    return {
      client: (user + system) / 1e6,
      target: cpuSecondsOf(target),
      proxy: proxy ? cpuSecondsOf(proxy) : 0,
      thread: proxy ? mainThreadSecondsOf(proxy) : 0,
    }
  }
  const before = used()
  const loaded = await loadOf(route, connections, SECONDS)
  const after = used()
  const each = (part: keyof Cost) => ((after[part] - before[part]) * 1e6) / (loaded.perSecond * SECONDS)
  return { ...loaded, client: each('client'), target: each('target'), proxy: each('proxy'), thread: each('thread') }
}

function rateRows(measured: Measured, connections: number, isBound: boolean): Row[] {
  const of = (name: string) => measured.get(name) ?? []
  const rate = (name: string) => median(of(name).map(({ perSecond }) => perSecond))
  // Pair by pair within a round, then the median of the ratios.
  const ratio = (to: string, from = 'gateway') =>
    median(of(from).map(({ perSecond }, round) => perSecond / (of(to)[round]?.perSecond ?? Number.NaN)))
  const value = (to: string) => `${rate('gateway').toFixed(0)} of ${rate(to).toFixed(0)} requests/s`
  const p99 = median(of('gateway').map(({ p99Ms }) => p99Ms))
  const proxy = median([...of('gateway'), ...of('gateway, no wait')].map((one) => one.proxy))
  const figure = `HTTP requests, ${connections} connections, gateway ÷`
  return [
    { figure: `${figure} direct`, value: value('direct'), ratio: ratio('direct'), ...(isBound ? { bound: { atLeast: 0.3 } } : {}) },
    {
      figure: `${figure} bare undici forwarder`,
      value: value('undici'),
      ratio: ratio('undici'),
      ...(isBound ? { bound: { atLeast: 0.85 } } : {}),
      note: `${proxy.toFixed(0)} µs CPU a request, two events each; p99 ${p99.toFixed(1)} ms`,
    },
    {
      figure: `HTTP requests, ${connections} connections, gateway, no wait ÷ bare undici forwarder`,
      value: `${rate('gateway, no wait').toFixed(0)} requests/s`,
      ratio: ratio('undici', 'gateway, no wait'),
    },
    { figure: `${figure} forwarder over Node.js' own client`, value: value('node'), ratio: ratio('node') },
  ]
}

// Everything shares the machine's cores, and a proxy's requests one thread: no rate above either is to be had.
function costRow(name: string, loads: readonly Cost[], connections: number): Row {
  const each = (part: keyof Cost) => median(loads.map((one) => one[part]))
  const [client, target, proxy, thread] = [each('client'), each('target'), each('proxy'), each('thread')]
  const cores = availableParallelism()
  const most = Math.min((cores * 1e6) / (client + target + proxy), 1e6 / Math.max(client, target, thread))
  const ofProxy = proxy === 0 ? '' : `, proxy ${proxy.toFixed(0)} (main thread ${thread.toFixed(0)})`
  return {
    figure: `CPU of an HTTP request, ${connections} connections, ${name}`,
    value: `client ${client.toFixed(0)}, target ${target.toFixed(0)}${ofProxy} µs`,
    note: `no more than ${most.toFixed(0)} requests/s on ${cores} cores`,
  }
}
