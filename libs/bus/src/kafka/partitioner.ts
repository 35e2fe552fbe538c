import { Buffer } from 'node:buffer'
import type { ICustomPartitioner, Message } from 'kafkajs'
import { partitionOf } from './murmur2.ts'

/** A message whose key is carried in its value: the library does not see it. */
export type RoutedMessage = Message & { routingKey: Buffer }

/**
 * Keys by murmur2, as every client does by default; pinned here, so that another release or another client cannot
 * move sessions. The library's own does the same on BigInts, at forty times the cost. A message may name its partition itself; what
 * has no key goes round.
 */
export const keyedPartitioner: ICustomPartitioner = () => {
  let turn = 0
  return ({ partitionMetadata, message }) => {
    if (message.partition !== undefined) return message.partition
    const key = keyOf(message)
    if (key !== null) return partitionOf(key, partitionMetadata.length)
    turn += 1
    return turn % partitionMetadata.length
  }
}

function keyOf(message: Message): Buffer | null {
  if ('routingKey' in message && Buffer.isBuffer(message.routingKey)) return message.routingKey
  const { key } = message
  if (key === undefined || key === null) return null
  return Buffer.isBuffer(key) ? key : Buffer.from(key)
}
