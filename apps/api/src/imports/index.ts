export * from './import-cast.ts'
export * from './kubernetes-audit/import-audit.ts'
