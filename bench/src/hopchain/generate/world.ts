import type { Actor, Gateway, Protocol, System } from './plan.ts'
import type { Random } from './random.ts'

/** What a fleet works with. Every fleet has its own names, addresses and habits. */
export type World = {
  gateways: readonly Gateway[]
  systems: readonly System[]
  bastions: readonly System[]
  /** Declared by the operator: what may not be reached unnoticed. */
  privileged: readonly System[]
  /** Answers what it is asked for with a secret: an approved credential path. */
  broker: System
  /** Gives tokens, and new ones for old. */
  authority: System
  /** Lists what there is; many read it. */
  registry: System
  wiki: System
  actors: readonly Actor[]
  /** Principal → the systems that it is configured to use. */
  habits: ReadonlyMap<string, readonly System[]>
  /** The address of a translating router, behind which many agents call. The operator has declared it. */
  sharedOrigin: string
}

const DOMAIN = 'corp.internal'
const PEOPLE = ['ana', 'ben', 'chi', 'dora', 'emre', 'fay', 'gus', 'hana']
const TEMPLATES = ['reporter', 'triager', 'deployer', 'integrator', 'orchestrator', 'jumper']
const COUNTS: readonly (readonly [Protocol, string, number, number])[] = [
  ['postgres', 'db', 8, 5432],
  ['ssh', 'app', 16, 22],
  ['kubernetes', 'cluster', 3, 6443],
  ['http', 'api', 8, 8080],
]

export function buildWorld(random: Random): World {
  const sharedOrigin = `10.${random.between(200, 220)}.0.1`
  const systems = COUNTS.flatMap(([protocol, word, count, port]) =>
    Array.from({ length: count }, (_, n) => aSystem(random, protocol, `${word}-${random.text(4)}-${n}`, port)),
  )
  const bastions = [0, 1].map((n) => aSystem(random, 'ssh', `bastion-${n}`, 22))
  const privileged = COUNTS.flatMap(([protocol, word, , port]) =>
    [0, 1].map((n) => ({ ...aSystem(random, protocol, `core-${word}-${n}`, port), account: 'root', isPrivileged: true })),
  )
  const service = (name: string) => aSystem(random, 'http', name, 8443)
  const actors = TEMPLATES.flatMap((template) => Array.from({ length: 4 }, (_, n) => anActor(random, template, n, sharedOrigin)))
  return {
    gateways: someGateways(random),
    systems,
    bastions,
    privileged,
    broker: service('secret-broker'),
    authority: service('token-authority'),
    registry: service('registry'),
    wiki: service('wiki'),
    actors,
    habits: habitsOf(actors, systems, random),
    sharedOrigin,
  }
}

function aSystem(random: Random, protocol: Protocol, name: string, port: number): System {
  const address = `10.${random.between(1, 99)}.${random.between(0, 255)}.${random.between(2, 254)}`
  return { name, protocol, host: `${name}.${DOMAIN}`, address, port, account: 'svc', isPrivileged: false }
}

function anActor(random: Random, template: string, n: number, sharedOrigin: string): Actor {
  const address = random.chance(0.4) ? sharedOrigin : `10.${random.between(100, 180)}.${random.between(0, 255)}.${random.between(2, 254)}`
  return { principal: `${template}-${n}`, rootPrincipal: random.pick(PEOPLE), template, version: `${n}.2`, address }
}

// Agents of one kind share a configuration, and each has one system more.
function habitsOf(actors: readonly Actor[], systems: readonly System[], random: Random): Map<string, readonly System[]> {
  const shared = new Map(TEMPLATES.map((template) => [template, habitsIn(systems, random)]))
  return new Map(actors.map(({ principal, template }) => [principal, [...(shared.get(template) ?? []), random.pick(systems)]]))
}

// Two of each protocol: an agent's configuration names them, no answer does.
function habitsIn(systems: readonly System[], random: Random): System[] {
  return COUNTS.flatMap(([protocol]) =>
    random.some(
      systems.filter((system) => system.protocol === protocol),
      2,
    ),
  )
}

// Clocks that are set are off by milliseconds; one is off by most of a minute.
function someGateways(random: Random): Gateway[] {
  const skews = [0, random.between(60_000, 400_000), -random.between(20_000_000, 50_000_000)]
  return skews.map((skewUs, n) => ({ id: `gw-${n}`, bootId: `019aa0c0-0000-7000-8000-${random.text(12, '0123456789abcdef')}`, skewUs }))
}
