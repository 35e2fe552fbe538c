import type { Protocol } from '@hoptrace/events'
import type { Target } from './target.ts'

/** Targets by name and alias. A name means one target a protocol; the configuration is refused otherwise. */
export class TargetDirectory {
  private readonly byName = new Map<string, Target>()

  constructor(readonly targets: readonly Target[]) {
    for (const target of targets) {
      for (const name of new Set([target.name, ...target.aliases])) this.byName.set(keyOf(name, target.protocol), target)
    }
  }

  find(name: string, protocol: Protocol): Target | null {
    return this.byName.get(keyOf(name, protocol)) ?? null
  }
}

/** Names that mean two targets of one protocol. */
export function doubledNames(targets: readonly Target[]): string[] {
  const seen = new Set<string>()
  const doubled = new Set<string>()
  for (const target of targets) {
    for (const name of new Set([target.name, ...target.aliases])) {
      const key = keyOf(name, target.protocol)
      if (seen.has(key)) doubled.add(name)
      seen.add(key)
    }
  }
  return [...doubled]
}

function keyOf(name: string, protocol: Protocol): string {
  return `${protocol}\0${name.toLowerCase().replace(/\.$/, '')}`
}
