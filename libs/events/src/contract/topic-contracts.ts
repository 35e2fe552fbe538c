import { z } from 'zod'
import { AlertNotice } from '../alert-notice.ts'
import { AccessesMessage, SightingsMessage } from '../correlation-notes.ts'
import { DeadLetterHeaders } from '../dead-letter.ts'
import { RunsMessage } from '../run.ts'
import { topics } from '../topics.ts'
import { EventHeaders } from './event-headers.ts'
import { RecordedEvent } from './recorded-event.ts'

export type TopicName = keyof typeof topics

/** What stands in a topic, for those who read or write it without this code. */
export type TopicContract = {
  title: string
  description: string
  /** What messages are keyed by. */
  key: string
  /** Shape of a message's value; null for bytes of any shape. */
  value: z.ZodType | null
  headers: z.ZodType
  isCompacted: boolean
}

export const topicContracts: Record<TopicName, TopicContract> = {
  events: {
    title: 'Recorded events',
    description:
      'One recorded event a message: its canonical JSON (RFC 8785) with `hash` as one more, last member, in UTF-8, at most 512 KiB. ' +
      '`hash` is SHA-256 over that canonical JSON without it; `prevHash` is the hash of the event before it in its session, 64 zeros at seq 0. ' +
      'Members and types that this document does not name may be present: readers ignore them, and the hash covers them. ' +
      'What validates, and whose hash holds, is accepted from any producer. Delivered at least once; ' +
      'a `gateway.heartbeat` is published once everything that its gateway recorded before it is acknowledged; ' +
      '(tenant, sessionId, seq, hash) is the identity of an event.',
    key: 'sessionId of the event, so that a session stays in order',
    value: RecordedEvent,
    headers: EventHeaders,
    isCompacted: false,
  },
  deadLetters: {
    title: 'Dead letters',
    description: 'Messages that could not be understood or stored, byte for byte, with the reason and where they stood in the headers.',
    key: 'SHA-256 of the value in hexadecimal: the same bytes are one letter',
    value: null,
    headers: DeadLetterHeaders,
    isCompacted: false,
  },
  runs: {
    title: 'Runs',
    description: 'The runs of a tenant as they stand, written by one gateway and followed by all, and the beats of their writer.',
    key: '`tenant/run id` of a run, `tenant/beat` of the beat: the newest message of each key counts',
    value: RunsMessage,
    headers: z.object({}),
    isCompacted: true,
  },
  accesses: {
    title: 'Accesses',
    description:
      'What the correlator notes of accesses and runs, from the events, the heartbeats of gateways, and, in every partition, how far the events were noted. ' +
      'Derived: it can be made again from the topic of events. Notes of one event may come more than once.',
    key: '`tenant/root principal`, or the sessionId where the root is not known; none for a heartbeat, nor for how far the events were noted',
    value: AccessesMessage,
    headers: z.object({}),
    isCompacted: false,
  },
  sightings: {
    title: 'Sightings',
    description:
      'Where the digests of values were seen, from the events, and, in every partition, how far the events were noted. ' +
      'Derived: it can be made again from the topic of events. Notes of one event may come more than once.',
    key: 'digest of the value; none for how far the events were noted',
    value: SightingsMessage,
    headers: z.object({}),
    isCompacted: false,
  },
  alerts: {
    title: 'Alerts',
    description:
      'Alerts that people are told of, by whoever reads this: each once, and again when its severity rises. Delivered at least once; ' +
      '(tenant, id, severity) is the identity of a notice. What was done with an alert since is not told here.',
    key: '`tenant/alert id`, so that an alert stays in order',
    value: AlertNotice,
    headers: z.object({}),
    isCompacted: false,
  },
}
