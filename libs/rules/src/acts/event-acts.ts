import type { EventBody, EventType, KnownEvent } from '@hoptrace/events'
import { ACTS, type Act } from '../facts/facts.ts'
import { askedTexts } from './asked-text.ts'
import { kubernetesActs } from './kubernetes-acts.ts'
import { isMetadataService, namesMetadataService, namesServiceAccountToken, reachesMetadataService } from './reached-places.ts'
import { isSqlWrite } from './sql-writes.ts'

/** Types of events that may have acts, or that count. Of all others `actsOfEvent` and `countsOfEvent` tell nothing. */
export const ACTING_TYPES: readonly EventType[] = [
  'sql.statement',
  'sql.result',
  'sql.notice',
  'ssh.exec',
  'ssh.exit',
  'ssh.forward',
  'terminal.input',
  'file.transfer',
  'file.operation',
  'http.request',
  'http.response',
  'http.ended',
  'kubernetes.request',
  'kubernetes.exec',
  'kubernetes.forward',
  'tool.call',
  'pivot.named',
]

/** What one event does, in the words that rules ask for; each once, in the order of `ACTS`. */
export function actsOfEvent(event: KnownEvent): Act[] {
  const found = new Set<Act>(ownActs(event))
  const texts = askedTexts(event)
  if (texts.some(namesMetadataService) || reachesMetadataService(event)) found.add('metadata-service')
  if (texts.some(namesServiceAccountToken)) found.add('service-account-token')
  return ACTS.filter((act) => found.has(act))
}

function* ownActs(event: KnownEvent): Generator<Act> {
  const { type, body } = event
  switch (type) {
    case 'sql.result':
      if (isSqlWrite(body)) yield 'write'
      break
    case 'ssh.forward':
    case 'kubernetes.forward':
      if (body.phase === 'opened') yield 'tunnel'
      break
    case 'file.transfer':
      yield body.direction
      break
    case 'file.operation':
      if (changesFiles(body)) yield 'write'
      break
    case 'http.request':
      if (!SAFE.has(body.method.toUpperCase())) yield 'write'
      break
    case 'kubernetes.request':
      yield* kubernetesActs(body)
      break
    case 'kubernetes.exec':
      yield 'exec'
      break
    case 'pivot.named':
      yield* pivotActs(body, event.target?.protocol === 'postgres')
      break
  }
}

function* pivotActs({ relation, host }: EventBody<'pivot.named'>, isSql: boolean): Generator<Act> {
  if (isSql) yield 'outbound-sql'
  if (relation === 'forward') yield 'tunnel'
  if (relation === 'exec') yield 'exec'
  if (isMetadataService(host)) yield 'metadata-service'
}

/** RFC 9110, 9.2.1, and CONNECT and TRACE aside. */
const SAFE = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE'])
const CHANGES_FILES = new Set([
  'remove',
  'rename',
  'mkdir',
  'rmdir',
  'setstat',
  'lsetstat',
  'fsetstat',
  'symlink',
  'hardlink',
  'posix-rename',
])

// An extension is named with its owner: `posix-rename@openssh.com`.
function changesFiles({ operation, status }: EventBody<'file.operation'>): boolean {
  const [name = ''] = operation.split('@', 1)
  return CHANGES_FILES.has(name) && (status ?? 0) === 0
}
