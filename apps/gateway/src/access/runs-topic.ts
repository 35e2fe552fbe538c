import { type RunsMessage, runsKeyOf } from '@hoptrace/events'

export type RunsTopicMessage = { key: string; value: Buffer }

export type FollowedTopic = {
  /** For how long it cannot be said any more that everything was read; infinite before the first time. */
  ageMs(): number
  close(): Promise<void>
}

/** The compacted topic of runs: one partition, so that a beat comes after everything that its writer sent before it. */
export interface RunsTopic {
  /** Reads the topic from its beginning and goes on; `onCaughtUp` once everything that it held was read. */
  follow(onValue: (value: Buffer | null) => void, onCaughtUp: () => void): Promise<FollowedTopic>
  /** Resolves once all are acknowledged. */
  send(messages: readonly RunsTopicMessage[]): Promise<void>
}

export function encodeRunsMessage(message: RunsMessage): RunsTopicMessage {
  return { key: runsKeyOf(message), value: Buffer.from(JSON.stringify(message), 'utf8') }
}
