import { type DigestKey, type FoundObservables, Observer } from '@hoptrace/events'
import { quotedLine } from '@hoptrace/shell'
import { observeCommand } from '../terminal/command-observables.ts'
import type { ExecAsked } from './exec-asked.ts'

/** What a program run in a container is asked to do. Secrets that its arguments name are uses of them. */
export function execObservables(key: DigestKey, { namespace, pod, command }: ExecAsked): FoundObservables {
  const observer = new Observer(key).pod(namespace, pod, 'target', '/pod')
  for (const [n, argument] of command.entries()) observeCommand(observer, argument, `/command/${n}`)
  // A secret may be an argument of its own: `mysql --password x`.
  if (command.length > 1) observeCommand(observer, quotedLine(command), '')
  return observer.result()
}
