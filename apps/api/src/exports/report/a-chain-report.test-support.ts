import type { ChainReport, Moment, ReportHop, ReportNode, SessionFacts } from './chain-report.ts'
import type { Excerpt } from './excerpt.ts'

const START = Date.UTC(2026, 9, 3, 9, 12, 44, 120) * 1000
const SECOND = 1_000_000
const MINUTE = 60 * SECOND
const hex = (seed: number, length = 64) => Array.from({ length }, (_, i) => ((seed * 7919 + i * 104_729) % 16).toString(16)).join('')
const session = (number: number) => `01a100fd-de80-7000-8000-${String(number).padStart(12, '0')}`

const FACTS: SessionFacts = {
  outcome: 'client',
  completeness: 'complete',
  events: 38,
  lastSeq: 37,
  commands: 9,
  failures: 0,
  rows: 214,
  bytes: 48_213,
  lastHash: hex(1),
}

function aNode(number: number, more: Partial<ReportNode>): ReportNode {
  return {
    id: session(number),
    number,
    kind: 'session',
    protocol: 'postgres',
    target: 'orders',
    address: '10.0.0.5:5432',
    account: 'app',
    principal: 'reconciler',
    rootPrincipal: 'ana',
    run: '01a100fd-1111-7000-8000-00000000beef',
    runDepth: 0,
    session: session(number),
    seq: 0,
    firstUs: START,
    lastUs: START + 40 * SECOND,
    isOpen: false,
    denyReason: null,
    facts: FACTS,
    ...more,
  }
}

function aMoment(number: number, us: number, more: Partial<Moment> = {}): Moment {
  const place = { session: session(number), seq: 12, us, ms: 5321, type: 'sql.result', at: '/sample/0/1' }
  return { ...place, hash: hex(number + 3), prevHash: hex(number + 4), isMasked: false, excerpt: null, note: '', ...more }
}

function text(where: string, before: string, marked: string, after = ''): Excerpt {
  return { where, before, marked, after, isCutBefore: false, isCutAfter: false, row: null }
}

/** A chain with one of everything: three protocols, a refusal, a use, a pivot that was not seen, alternatives, a gap. */
export function aChainReport(more: Partial<ChainReport> = {}): ChainReport {
  const ssh = { protocol: 'ssh', target: 'bastion.internal', address: '10.0.0.9:22', account: 'deploy' }
  const cluster = { protocol: 'kubernetes', target: 'prod-eu', address: '10.0.0.20:6443', account: 'web-sa' }
  const nodes = [
    aNode(1, {}),
    aNode(2, {
      ...ssh,
      firstUs: START + 18 * SECOND,
      lastUs: START + 7 * MINUTE,
      facts: { ...FACTS, rows: 0, bytes: 1_204_113, commands: 31, failures: 2 },
    }),
    aNode(3, {
      ...ssh,
      kind: 'refused',
      account: 'root',
      firstUs: START + 21 * SECOND,
      lastUs: START + 21 * SECOND,
      denyReason: 'wrong-account',
      facts: null,
    }),
    aNode(4, {
      ...cluster,
      principal: 'helper',
      runDepth: 1,
      firstUs: START + 3 * MINUTE,
      lastUs: START + 6 * MINUTE,
      facts: { ...FACTS, completeness: 'gap', rows: 0 },
    }),
    aNode(5, {
      protocol: 'ssh',
      kind: 'unseen',
      target: '10.0.4.17',
      address: null,
      account: null,
      firstUs: START + 4 * MINUTE,
      lastUs: START + 4 * MINUTE,
      facts: null,
    }),
    aNode(6, {
      target: 'payments',
      account: 'payments_admin',
      firstUs: START + 5 * MINUTE,
      lastUs: START + 5.5 * MINUTE,
      facts: { ...FACTS, rows: 18_204, bytes: 9_812_000 },
    }),
  ]
  const row = [
    { column: 'name', value: 'jump_host', isMarked: false },
    { column: 'value', value: 'bastion.internal', isMarked: true },
    { column: 'updated_at', value: '2026-08-14 07:00:01+00', isMarked: false },
  ]
  const hop = (number: number, from: number, to: number, own: Partial<ReportHop>): ReportHop => ({
    id: hex(number, 32),
    number,
    from,
    to,
    class: 'target-flow',
    score: 5.6,
    sentence: 'ssh bastion.internal used the host name bastion.internal seen in postgres orders',
    evidence: [],
    alternatives: [],
    ...own,
  })
  const seen = aMoment(1, START + 5 * SECOND, { excerpt: { ...text('row 1, column value', '', 'bastion.internal'), row } })
  const host = { kind: 'host', digest: hex(9, 32), value: 'bastion.internal' }
  const hops = [
    hop(1, 1, 2, {
      evidence: [
        {
          class: 'target-flow',
          score: 5,
          isLink: true,
          sentence: '',
          observable: host,
          from: seen,
          to: aMoment(2, START + 18 * SECOND, {
            seq: 0,
            ms: 0,
            type: 'access.decided',
            at: '/asked/target',
            excerpt: text('asked › target', '', 'bastion.internal'),
          }),
        },
        {
          class: 'same-root',
          score: 0.5,
          isLink: false,
          sentence: 'ssh bastion.internal and postgres orders act for the same root principal',
          observable: null,
          from: seen,
          to: seen,
        },
      ],
      alternatives: [
        { node: null, access: session(41), class: 'target-flow', score: 3.1 },
        { node: null, access: session(42), class: 'same-root', score: 0.5 },
      ],
    }),
    hop(2, 2, 3, {
      class: 'pivot-command',
      score: 4.4,
      sentence: 'ssh root@bastion.internal was named in a command in ssh deploy@bastion.internal, and refused',
      evidence: [
        {
          class: 'pivot-command',
          score: 4,
          isLink: true,
          sentence: '',
          observable: null,
          from: aMoment(2, START + 20 * SECOND, {
            type: 'pivot.named',
            excerpt: text('command', 'ssh -o StrictHostKeyChecking=no ', 'root@bastion.internal', ' "cat /etc/shadow"'),
          }),
          to: aMoment(3, START + 21 * SECOND, { type: 'access.decided', excerpt: text('asked › target', '', 'bastion.internal') }),
        },
      ],
    }),
    hop(3, 2, 4, {
      class: 'credential-flow',
      score: 6.5,
      sentence: 'kubernetes prod-eu used a credential seen in ssh bastion.internal',
      evidence: [
        {
          class: 'credential-flow',
          score: 6,
          isLink: true,
          sentence: '',
          observable: { kind: 'credential', digest: hex(5, 32), value: null },
          from: aMoment(2, START + 100 * SECOND, {
            type: 'terminal.output',
            isMasked: true,
            at: '/data',
            excerpt: text(
              'data',
              '$ cat /var/run/secrets/kubernetes.io/serviceaccount/token\n',
              '********************************************',
              '\ndeploy@bastion:~$ ',
            ),
          }),
          to: aMoment(4, START + 3 * MINUTE, {
            seq: 0,
            ms: 0,
            type: 'kubernetes.request',
            at: '',
            note: 'A credential was presented here. It is never recorded: only its keyed digest is.',
          }),
        },
      ],
    }),
    hop(4, 4, 5, {
      class: 'pivot-command',
      score: 4,
      sentence: 'a command in kubernetes prod-eu named 10.0.4.17; no access to it appeared at the gateway within 60 s',
      evidence: [
        {
          class: 'pivot-command',
          score: 4,
          isLink: true,
          sentence: '',
          observable: null,
          from: aMoment(4, START + 4 * MINUTE, { type: 'kubernetes.exec', excerpt: text('command', 'nc -v ', '10.0.4.17', ' 4444') }),
          to: aMoment(5, START + 4 * MINUTE, { hash: null, prevHash: null, note: 'Nothing is stored of it.' }),
        },
      ],
    }),
    hop(5, 2, 6, {
      score: 2.4,
      sentence: 'postgres payments used the address 10.0.0.5 seen in ssh bastion.internal',
      evidence: [
        {
          class: 'target-flow',
          score: 2.4,
          isLink: false,
          sentence: '',
          observable: { kind: 'address', digest: hex(2, 32), value: '10.0.0.5' },
          from: aMoment(2, START + 200 * SECOND, {
            type: 'terminal.output',
            excerpt: text('data', 'payments-primary has address ', '10.0.0.5', '\n'),
          }),
          to: aMoment(6, START + 5 * MINUTE, { type: 'access.decided', excerpt: text('asked › target', '', 'payments') }),
        },
      ],
    }),
  ]
  return {
    chain: hex(11, 32),
    sentence: 'reconciler, for ana, used a token seen at bastion.internal to reach prod-eu and payments',
    rootPrincipals: ['ana'],
    principals: ['reconciler', 'helper'],
    firstUs: START,
    lastUs: START + 7 * MINUTE,
    weakestScore: 2.4,
    madeAt: '2026-10-03T12:00:00.000000Z',
    madeBy: 'Ana Ruiz',
    version: '0.1.0',
    hasContent: true,
    isRevealed: false,
    nodes,
    hops,
    untold: { nodes: 0, hops: 0 },
    alerts: [
      {
        sentence: 'reconciler, on behalf of ana, used a credential seen in ssh bastion.internal at kubernetes prod-eu; accepted',
        severity: 'critical',
        response: 'page',
        firstAt: '2026-10-03T09:15:44.120000Z',
        rules: ['A privileged account, by a secret from an answer'],
      },
    ],
    missing: [
      {
        kind: 'session-gap',
        what: `session ${session(4)}: 36 events, last seq 37`,
        from: '2026-10-03T09:15:44.120000Z',
        to: '2026-10-03T09:18:44.120000Z',
      },
      {
        kind: 'gateway-silence',
        what: 'gateway gw-2: no heartbeat for 47 s',
        from: '2026-10-03T09:14:02.000000Z',
        to: '2026-10-03T09:14:49.000000Z',
      },
    ],
    ...more,
  }
}
