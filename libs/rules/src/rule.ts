import type { RecordTest } from './detection/field-test.ts'
import type { CorrelationDocument, DetectionDocument } from './document/rule-document.ts'
import type { LogSource } from './record.ts'

type Named = { title: string; id: string | null; name: string | null }

/** A rule over single records, compiled. */
export type DetectionRule = Named & { kind: 'detection'; source: LogSource; test: RecordTest; document: DetectionDocument }

/** A rule over what other rules found, as it was read. */
export type CorrelationRule = Named & { kind: 'correlation'; document: CorrelationDocument }

export type Rule = DetectionRule | CorrelationRule
