import { scanText } from '@hoptrace/events'
import { presentedSecrets } from '@hoptrace/shell'
import type { Detected } from '../detect/detect.ts'
import type { Act, Session } from '../generate/plan.ts'
import type { AttackRun } from './attack-runs.ts'

/** A captured secret that was printed in one executor's session, and stood in a command of a later one. */
export type Reuse = { secret: string; from: Session; to: Session; isLinked: boolean; why: string }

export function reusesIn({ told, secrets }: AttackRun, { hops }: Detected): Reuse[] {
  return [...new Set(secrets)].flatMap((secret) => {
    const printed = first(told.sessions, (act) => act.kind === 'exec' && act.output.includes(secret))
    if (!printed) return []
    const later = told.sessions.filter((to) => to !== printed.session && to.atUs > printed.session.atUs)
    return later.flatMap((to) => {
      const used = to.acts.find((act) => act.kind === 'exec' && act.atUs > printed.act.atUs && act.command.includes(secret))
      if (!used) return []
      const isLinked = hops.some((hop) => hop.class === 'credential-flow' && hop.toAccess.startsWith(to.id))
      return [{ secret, from: printed.session, to, isLinked, why: isLinked ? '' : whyMissed(secret, printed.act, used) }]
    })
  })
}

function first(sessions: readonly Session[], is: (act: Act) => boolean): { session: Session; act: Act } | null {
  const found = sessions.flatMap((session) => session.acts.filter(is).map((act) => ({ session, act })))
  return found.sort((a, b) => a.act.atUs - b.act.atUs)[0] ?? null
}

function whyMissed(secret: string, printed: Act, used: Act): string {
  if (printed.kind !== 'exec' || used.kind !== 'exec') return 'no command'
  const isFound = [...scanText(printed.output)].some(({ kind, canonical }) => kind === 'credential' && canonical === secret)
  const isUsed = presentedSecrets(used.command).some((each) => each.secret === secret) || isNamed(used.command, secret)
  if (!isFound && !isUsed) return 'neither known as a secret where it was printed nor where it was used'
  if (!isFound) return 'not known as a secret where it was printed: too short, or part of a longer word'
  return isUsed ? 'known before: the task, or an earlier command, held it' : 'not known as a use: the tool and its options are not read'
}

function isNamed(command: string, secret: string): boolean {
  return [...scanText(command)].some(({ canonical, isNamedSecret }) => canonical === secret && isNamedSecret)
}
