import { clickHouseHttpMissing, kafkaMissing } from '@hoptrace/testing'

/** Why the distributed form cannot be tried here; null when it can. With CI=true it must be. */
export const distributedMissing: string | null = kafkaMissing() ?? clickHouseHttpMissing()

if (distributedMissing !== null) {
  if (process.env.CI === 'true') throw new Error(`The faults of the distributed form cannot be tried: ${distributedMissing}`)
  console.warn(`Skipped: faults of the distributed form (${distributedMissing})`)
}
