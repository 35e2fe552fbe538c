import type { OnKafkaNotice } from '@hoptrace/bus'
import { faultOf, type Log, name } from '@hoptrace/telemetry'

/** Tells the log what the bus has to say: codes and places. */
export function logNotices(log: Log): OnKafkaNotice {
  return (notice) => {
    switch (notice.kind) {
      case 'retry': {
        const { at, attempt, afterMs, error } = notice
        const where = { topic: name(at.topic), partition: at.partition, first: at.first, last: at.last }
        return log.warn('a batch is not stored, and is tried again', { ...where, attempt, afterMs, fault: faultOf(error) })
      }
      case 'abandoned': {
        const { at, reason } = notice
        const where = { topic: name(at.topic), partition: at.partition, first: at.first, last: at.last }
        return log.info('a batch was left to whoever reads its partition next', { ...where, reason: name(reason) })
      }
      case 'assigned': {
        const count = Object.values(notice.partitions).reduce((sum, numbers) => sum + numbers.length, 0)
        return log.info('reads these partitions', { count })
      }
      case 'rebalancing':
        return log.info('the group shares its partitions out anew')
      case 'missed':
        return log.error('messages were deleted before they were read', { topic: name(notice.topic), partition: notice.partition })
      case 'crash':
        return log.error('the consumer is built anew', { attempt: notice.attempt, afterMs: notice.afterMs, fault: faultOf(notice.error) })
      case 'oversized':
        return log.error('a message is larger than its topic takes', { topic: name(notice.topic), bytes: notice.bytes })
      case 'unreadable':
        return log.error('bytes that are no event were published as they are', { bytes: notice.bytes })
      case 'client':
        return log.warn('the bus client has trouble')
    }
  }
}
