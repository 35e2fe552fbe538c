import type { ChildProcess } from 'node:child_process'
import { request } from 'node:http'
import { resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type GatewayProcess, startGateway } from './gateway-process.ts'
import { loadOf, type Route, requestRows } from './http-requests.ts'
import { freePort, memoryOf, startProcess, stopProcess } from './processes.ts'
import { median, type Row } from './table.ts'

const DOWNLOAD_BYTES = 1024 * 1024 * 1024
const WATCHES = 1000

type Parts = { gateway: GatewayProcess; target: ChildProcess; routes: Route[]; stop: () => Promise<void> }

/** Requests, a download and streams through the gateway, directly, and through a bare forwarder of undici, in turns. */
export async function benchHttp(): Promise<Row[]> {
  const parts = await start()
  const { routes, target } = parts
  for (const route of routes) await loadOf(route, 16, 1)
  const rows: Row[] = []
  for (const connections of [8, 64]) rows.push(...(await requestRows(routes, target, connections, connections === 64)))
  rows.push(...(await downloadRows(parts)))
  rows.push(await watchRow(parts))
  await parts.stop()
  return rows
}

async function start(): Promise<Parts> {
  const [targetPort, undiciPort, nodePort] = [await freePort(), await freePort(), await freePort()]
  const target = await startScript('http-target', targetPort)
  const undici = await startScript('http-forwarder', undiciPort, targetPort, 'undici')
  const node = await startScript('http-forwarder', nodePort, targetPort, 'node')
  const asBefore = { accept: '*/*', 'user-agent': 'bench/1' }
  const bench = { name: 'bench', protocol: 'http' as const, address: `127.0.0.1:${targetPort}`, account: 'bench', credential: 'none' }
  const gateway = await startGateway([bench, { ...bench, name: 'no-wait', durability: 'best-effort' }], {})
  const asRun = { ...asBefore, authorization: `Bearer ${gateway.token}` }
  const routes = [
    { name: 'direct', port: targetPort, prefix: '', headers: asBefore, proxy: null },
    { name: 'undici', port: undiciPort, prefix: '', headers: asBefore, proxy: undici },
    { name: 'node', port: nodePort, prefix: '', headers: asBefore, proxy: node },
    { name: 'gateway', port: gateway.httpPort, prefix: '/targets/bench', headers: asRun, proxy: gateway.child },
    { name: 'gateway, no wait', port: gateway.httpPort, prefix: '/targets/no-wait', headers: asRun, proxy: gateway.child },
  ]
  const stop = async () => {
    for (const child of [gateway.child, undici, node, target]) await stopProcess(child)
  }
  return { gateway, target, routes, stop }
}

function startScript(name: string, ...args: (string | number)[]): Promise<ChildProcess> {
  return startProcess(process.execPath, [resolve(`bench/dist/${name}.js`), ...args.map(String)], /listening/)
}

async function downloadRows({ routes, gateway }: Parts): Promise<Row[]> {
  const took: Record<string, number[]> = { direct: [], undici: [], gateway: [] }
  const before = memoryOf(gateway.child).peakMiB
  for (let round = 0; round < 3; round++) for (const route of routes) if (route.name in took) took[route.name]?.push(await download(route))
  const rate = (name: string) => `${(DOWNLOAD_BYTES / 1e6 / median(took[name] ?? [])).toFixed(0)} MB/s`
  const { peakMiB } = memoryOf(gateway.child)
  return [
    {
      figure: 'HTTP download of 1 GB, gateway ÷ direct',
      value: `${rate('gateway')}, direct ${rate('direct')}, undici forwarder ${rate('undici')}`,
      ratio: median((took.direct ?? []).map((seconds, i) => seconds / (took.gateway?.[i] ?? Number.NaN))),
      bound: { atLeast: 0.25 },
    },
    {
      figure: 'peak memory after three of them ÷ (that before + 64 MiB)',
      value: `${peakMiB.toFixed(0)} MiB, ${before.toFixed(0)} MiB`,
      ratio: peakMiB / (before + 64),
      bound: { atMost: 1 },
    },
  ]
}

/** @returns seconds */
function download({ port, prefix, headers }: Route): Promise<number> {
  const start = performance.now()
  return new Promise((done, failed) => {
    request({ port, host: '127.0.0.1', path: `${prefix}/download?bytes=${DOWNLOAD_BYTES}`, headers, agent: false }, (answer) => {
      let bytes = 0
      answer.on('data', (chunk: Buffer) => {
        bytes += chunk.length
      })
      answer.on('end', () =>
        bytes === DOWNLOAD_BYTES ? done((performance.now() - start) / 1000) : failed(new Error(`${bytes} bytes came`)),
      )
      answer.on('error', failed)
    })
      .on('error', failed)
      .end()
  })
}

async function watchRow({ routes, gateway }: Parts): Promise<Row> {
  const through = routes.find(({ name }) => name === 'gateway')
  if (!through) throw new Error('there is no route through the gateway')
  const before = memoryOf(gateway.child).nowMiB
  const { port, prefix, headers } = through
  let begun = 0
  const asked = Array.from({ length: WATCHES }, () =>
    request({ port, host: '127.0.0.1', path: `${prefix}/watch`, headers, agent: false }, (answer) => {
      answer.once('data', () => {
        begun += 1
      })
      answer.on('error', () => {})
      answer.resume()
    }),
  )
  for (const one of asked) one.on('error', () => {}).end()
  while (begun < WATCHES) await sleep(50)
  await sleep(10_000)
  const { nowMiB } = memoryOf(gateway.child)
  for (const one of asked) one.destroy()
  const each = ((nowMiB - before) * 1024) / WATCHES
  return {
    figure: `${WATCHES} streams at once, an event a second each, after 10 s`,
    value: `${nowMiB.toFixed(0)} MiB, ${before.toFixed(0)} MiB before`,
    note: `${each.toFixed(0)} KiB a stream`,
  }
}
