import { type DigestKey, type FoundObservables, Observer } from '@hoptrace/events'
import { presentedSecrets } from '@hoptrace/shell'

/** What a command line asks for and which secrets it names, as they stand in the field `at`. */
export function commandObservables(key: DigestKey, command: string, at: string): FoundObservables {
  return observeCommand(new Observer(key), command, at).result()
}

export function observeCommand(observer: Observer, command: string, at: string): Observer {
  for (const { secret, offset } of presentedSecrets(command)) {
    observer.add({ kind: 'credential', canonical: secret, offset }, 'presented', at)
  }
  return observer.text(command, 'asked', at)
}
