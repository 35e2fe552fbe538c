import type { System } from './plan.ts'
import type { Random } from './random.ts'
import type { Step } from './story.ts'

/** Ordinary things that are done over each protocol, and answers that hold a given text. */

export function request(method: string, path: string, answer: string, more: Partial<Extract<Step, { kind: 'http' }>> = {}): Step {
  return { kind: 'http', method, path, answer, secret: null, body: null, ...more }
}

export function kubernetes(
  verb: string,
  resource: string,
  name: string | null,
  answer: string,
  more: Partial<Extract<Step, { kind: 'kubernetes' }>> = {},
): Step {
  return { kind: 'kubernetes', verb, resource, namespace: 'shop', name, answer, secret: null, body: null, ...more }
}

/** Asks for something in which `cells` stand: a row, lines of a file, an object, a document. */
export function answering({ protocol }: System, label: string, cells: readonly string[], random: Random): Step {
  const id = String(random.between(1000, 99_999))
  switch (protocol) {
    case 'postgres':
      return { kind: 'sql', text: `SELECT id, ${label} FROM notes WHERE id = ${id}`, cells: [[id, ...cells]], rows: 1 }
    case 'ssh':
      return { kind: 'exec', command: `cat ${label}.conf`, output: cells.map((cell) => `${label} ${cell}\n`).join(''), status: 0 }
    case 'kubernetes':
      return kubernetes('get', 'configmaps', label, configMap(label, cells))
    case 'http':
      return request('GET', `/v1/${label}/${id}`, JSON.stringify({ id, [label]: cells }))
  }
}

function configMap(name: string, cells: readonly string[]): string {
  const data = Object.fromEntries(cells.map((cell, n) => [`item-${n}`, cell]))
  return JSON.stringify({ kind: 'ConfigMap', apiVersion: 'v1', metadata: { name, namespace: 'shop' }, data })
}

/** Work that says nothing of other systems. */
export function ordinary(system: System, random: Random): Step {
  const n = random.between(1, 9000)
  switch (system.protocol) {
    case 'postgres':
      return {
        kind: 'sql',
        text: `SELECT day, total FROM sales WHERE shop = ${n} ORDER BY day LIMIT 3`,
        cells: [0, 1, 2].map((day) => [`2026-10-0${day + 1}`, `${random.between(10, 9000)}.50`]),
        rows: 3,
      }
    case 'ssh':
      return { kind: 'exec', command: `tail -n 20 /var/log/app-${n % 7}.log`, output: `request ${n} took ${n % 90} ms\n`, status: 0 }
    case 'kubernetes':
      return kubernetes('list', 'pods', null, podList([`web-${n % 5}`, `worker-${n % 3}`]))
    case 'http':
      return request(
        'GET',
        `/v1/orders?page=${n % 40}`,
        JSON.stringify({ items: [{ id: n, total: n % 100 }], nextPageToken: random.text(16) }),
      )
  }
}

export function podList(names: readonly string[]): string {
  return JSON.stringify({ kind: 'PodList', items: names.map((name) => ({ metadata: { name, namespace: 'shop' } })) })
}
