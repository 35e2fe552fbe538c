import fc from 'fast-check'
import { Partitioners } from 'kafkajs'
import { expect, it } from 'vitest'
import { partitionOf } from './murmur2.ts'

it('chooses the partition that other Kafka clients choose', () => {
  const others = Partitioners.DefaultPartitioner()
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 80 }), fc.integer({ min: 1, max: 50 }), (bytes, partitions) => {
      const key = Buffer.from(bytes)
      const partitionMetadata = Array.from({ length: partitions }, (_, partitionId) => ({
        partitionId,
        partitionErrorCode: 0,
        leader: 0,
        replicas: [],
        isr: [],
      }))
      expect(partitionOf(key, partitions)).toBe(others({ topic: 't', partitionMetadata, message: { key, value: null } }))
    }),
  )
})
