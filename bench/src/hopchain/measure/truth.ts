import { accessId } from '@hoptrace/hopchain'
import type { Fleet } from '../generate/fleet.ts'
import type { Refusal, Session, Spot, TrueHop } from '../generate/plan.ts'
import type { Recording } from '../record/record-fleet.ts'

/** A true hop in the names of what was recorded. */
export type NamedHop = {
  truth: TrueHop
  /** Ids of the accesses that are right as its beginning: the true one first. */
  from: string[]
  /** Ids under which its end may stand: one act may be recorded as several events. */
  to: string[]
  /** `stream/seq` of the events that are right as its two ends. */
  fromEvents: Set<string>
  toEvents: Set<string>
}

export function nameTruth({ story }: Fleet, recording: Recording): NamedHop[] {
  const naming = new Naming(recording)
  return story.hops.map((truth) => naming.hop(truth))
}

class Naming {
  constructor(private readonly recording: Recording) {}

  hop(truth: TrueHop): NamedHop {
    const { from, also, to, evidence } = truth
    const isSaid = evidence !== 'credential' && evidence !== 'target'
    return {
      truth,
      from: [from, ...also].map(({ access }) => this.id(access)),
      to: truth.isLeaf || evidence === 'unseen' ? this.eventsOf(to, 'asked').map(idAt) : [this.id(to.access)],
      fromEvents: new Set([from, ...also].flatMap((spot) => this.eventsOf(spot, isSaid ? 'asked' : 'answered')).map(eventKey)),
      toEvents: new Set(this.eventsOf(to, 'asked').map(eventKey)),
    }
  }

  id(access: Session | Refusal): string {
    if (access.kind === 'session') return access.id
    return accessId('refused', this.placeOf(access))
  }

  private placeOf(refusal: Refusal) {
    const place = this.recording.refusals.get(refusal)
    if (!place) throw new Error('a refusal was not recorded')
    return place
  }

  private eventsOf({ access, act }: Spot, side: 'asked' | 'answered'): { stream: string; seq: number }[] {
    if (access.kind === 'refusal') return [this.placeOf(access)]
    // The access itself: it is decided, and then it starts.
    if (act === null) return [0, 1].map((seq) => ({ stream: access.id, seq }))
    return (this.recording.acts.get(act)?.[side] ?? []).map((seq) => ({ stream: access.id, seq }))
  }
}

function idAt(place: { stream: string; seq: number }): string {
  return accessId('use', place)
}

function eventKey({ stream, seq }: { stream: string; seq: number }): string {
  return `${stream}/${seq}`
}
