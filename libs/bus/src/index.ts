export * from './batch-consumer.ts'
export * from './publisher.ts'
export * from './spool-format.ts'
export * from './spool-mark.ts'
