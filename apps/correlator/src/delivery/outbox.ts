import { type KafkaPublisher, PublishError } from '@hoptrace/bus'
import { type AlertNotice, topics } from '@hoptrace/events'
import type { Destination, Sent } from './destination.ts'

/** The topic of alerts: for whoever would rather read than be told. Holds what is for the queue, too. */
export class Outbox implements Destination {
  readonly name = 'outbox'
  readonly from = 'queue'
  readonly tenants = null

  constructor(private readonly publisher: Pick<KafkaPublisher, 'send' | 'close'>) {}

  async send(notice: AlertNotice, key: string): Promise<Sent> {
    try {
      const value = Buffer.from(JSON.stringify(notice))
      const headers = { 'content-type': 'application/json', 'idempotency-key': key }
      await this.publisher.send(topics.alerts, [{ key: `${notice.tenant}/${notice.id}`, value, headers }])
      return { kind: 'delivered' }
    } catch (error) {
      return { kind: error instanceof PublishError && !error.retryable ? 'refused' : 'failed', reason: 'bus' }
    }
  }

  close(): Promise<void> {
    return this.publisher.close()
  }
}
