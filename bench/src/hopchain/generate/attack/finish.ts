import type { Protocol } from '../plan.ts'
import { kubernetes, request } from '../steps.ts'
import { MINUTE, SECOND, type Step } from '../story.ts'
import type { Attack } from './course.ts'

type Goal = Attack['cell']['goal']

/** What the attack came for, done where it stands. */
export function finish(attack: Attack): void {
  const { story, at, cell } = attack
  attack.nowUs += attack.random.between(5, 90) * SECOND
  story.act(at, attack.nowUs, ENDS[at.system.protocol][cell.goal])
  attack.nowUs += MINUTE
}

const ROLE = '{"kind":"ClusterRoleBinding","roleRef":{"name":"cluster-admin"},"subjects":[{"kind":"User","name":"helper"}]}'
const PRIVILEGED = '{"kind":"Pod","spec":{"hostPID":true,"containers":[{"name":"c","securityContext":{"privileged":true}}]}}'
const CRON = '{"kind":"CronJob","spec":{"schedule":"*/5 * * * *"}}'

const ENDS: Record<Protocol, Record<Goal, Step>> = {
  postgres: {
    exfiltrate: {
      kind: 'sql',
      text: 'SELECT * FROM customers',
      cells: [
        ['1', 'Kim'],
        ['2', 'Lee'],
      ],
      rows: 250_000,
    },
    tamper: { kind: 'sql', text: "UPDATE accounts SET iban = 'X' WHERE id = 7", cells: [], rows: 1 },
    escalate: { kind: 'sql', text: 'ALTER ROLE svc SUPERUSER', cells: [], rows: 0 },
    persist: { kind: 'sql', text: 'CREATE ROLE helper LOGIN', cells: [], rows: 0 },
  },
  ssh: {
    exfiltrate: { kind: 'exec', command: 'tar czf - /srv/data | base64', output: 'H4sIAAAAAAAA\n', status: 0 },
    tamper: { kind: 'exec', command: 'sed -i s/true/false/ /etc/audit/auditd.conf', output: '', status: 0 },
    escalate: { kind: 'exec', command: 'sudo usermod -aG sudo svc', output: '', status: 0 },
    persist: { kind: 'exec', command: 'cat key.pub >> ~/.ssh/authorized_keys', output: '', status: 0 },
  },
  kubernetes: {
    exfiltrate: kubernetes('list', 'secrets', null, '{"kind":"SecretList","items":[]}'),
    tamper: kubernetes('patch', 'deployments', 'web', '{}', { body: '{"spec":{"replicas":0}}' }),
    escalate: kubernetes('create', 'pods', null, '{}', { body: PRIVILEGED }),
    persist: kubernetes('create', 'cronjobs', null, '{}', { body: `${CRON.slice(0, -1)},"role":${ROLE}}` }),
  },
  http: {
    exfiltrate: request('GET', '/v1/users?limit=100000', '{"items":[]}'),
    tamper: request('PUT', '/v1/payments/7', '{"ok":true}', { body: '{"iban":"X"}' }),
    escalate: request('POST', '/v1/roles', '{"ok":true}', { body: '{"user":"helper","role":"admin"}' }),
    persist: request('POST', '/v1/keys', '{"id":9}', { body: '{"name":"helper"}' }),
  },
}
