export { asPublisher } from './as-publisher.ts'
export { Ingest, type IngestOptions } from './ingest.ts'
export type { Stored } from './stored.ts'
export { type RejectReason, type Triage, triage } from './triage.ts'
