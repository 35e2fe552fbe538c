import { afterAll, beforeAll, expect } from 'vitest'
import { compare, verdicts } from '../answered-is-stored.test-support.ts'
import { Callers } from '../callers.test-support.ts'
import { Cluster, type ClusterOptions } from './cluster.test-support.ts'

const CALLERS = 4
/** Servers and processes start and end by then, however slow the machine. */
export const WITHIN_MS = 240_000

export type UnderLoad = {
  readonly cluster: Cluster
  readonly callers: Callers
  /** Waits until the callers have had so many more answers. */
  moreAnswers(count: number): Promise<void>
  /** Lets the callers end, and claims that what they were answered is stored once. */
  expectAllStoredOnce(): Promise<void>
}

/** A cluster for the tests of this suite, with callers at its first gateway all the while. */
export function underLoad(options: ClusterOptions = {}): UnderLoad {
  let cluster: Cluster | undefined
  let callers: Callers | undefined

  beforeAll(async () => {
    cluster = await Cluster.start(options)
    callers = await callersAt(cluster)
  }, WITHIN_MS)

  afterAll(async () => {
    await callers?.stop()
    await cluster?.stop()
  }, WITHIN_MS)

  const load: UnderLoad = {
    get cluster() {
      return started(cluster)
    },
    get callers() {
      return started(callers)
    },
    moreAnswers: (count) => moreAnswers(load.callers, count),
    expectAllStoredOnce: () => expectAllStoredOnce(load.cluster, load.callers),
  }
  return load
}

/** Callers at one of the cluster's gateways, from now on. */
export async function callersAt(cluster: Cluster, gateway = 0): Promise<Callers> {
  const { ports } = cluster.gateway(gateway)
  return new Callers({ port: ports.postgres, user: cluster.target.user, token: await cluster.mint() }, CALLERS)
}

/** Waits until the callers have had so many more answers. */
export async function moreAnswers(callers: Callers, count: number): Promise<void> {
  const wanted = callers.answered.length + count
  await until(() => callers.answered.length >= wanted)
}

/** Asks again until it is so. The test's own time-out ends it otherwise. */
export async function until(isSo: () => boolean | Promise<boolean>, everyMs = 20): Promise<void> {
  while (!(await isSo())) await new Promise((resolve) => setTimeout(resolve, everyMs))
}

/**
 * Lets the callers end, and waits until what the gateways recorded is stored. Claims that each answered statement is in the store
 * exactly once, with its result, and that no session's chain is broken.
 */
export async function expectAllStoredOnce(cluster: Cluster, ...callers: Callers[]): Promise<void> {
  for (const each of callers) await each.stop()
  await cluster.settle()
  const answered = callers.flatMap((each) => each.answered)
  const { wrong, doubled } = await compare(cluster.store, answered)
  const { broken } = await verdicts(cluster.store)
  expect(answered.length).toBeGreaterThan(0)
  expect({ wrong, doubled, broken }).toEqual({ wrong: [], doubled: [], broken: [] })
}

function started<T>(part: T | undefined): T {
  if (part === undefined) throw new Error('The cluster was not started')
  return part
}
