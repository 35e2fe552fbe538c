import { uuidv7 } from '@hoptrace/events'
import type { Actor, Gateway, Run, Session, System } from '../generate/plan.ts'
import { Random } from '../generate/random.ts'
import type { Told } from '../record/record-fleet.ts'

/** Runs that others recorded, told as sessions through one gateway. What the recordings do not say is made up once, here. */
export class RealRuns implements Told {
  readonly runs: Run[] = []
  readonly sessions: Session[] = []
  readonly refusals = []
  readonly world: { gateways: readonly Gateway[] }
  private readonly random: Random

  constructor(name: string) {
    this.random = new Random(`real/${name}`)
    this.world = { gateways: [{ id: 'gw-0', bootId: uuidv7(1_700_000_000_000, this.random.bytes(10)), skewUs: 0 }] }
  }

  run(actor: Actor, atUs: number, task: string, parent: Run | null = null): Run {
    const lineage = parent ? [...parent.lineage, parent.id] : []
    const run = { id: this.id(atUs), actor, lineage, atUs, task, token: `hop_${this.random.text(32)}`, gateway: 0 }
    this.runs.push(run)
    return run
  }

  open(run: Run, system: System, atUs: number): Session {
    const session: Session = {
      kind: 'session',
      id: this.id(atUs),
      run,
      system,
      gateway: 0,
      origin: run.actor.address,
      atUs,
      acts: [],
      endUs: null,
    }
    this.sessions.push(session)
    return session
  }

  private id(atUs: number): string {
    return uuidv7(Math.floor(atUs / 1000), this.random.bytes(10))
  }
}
