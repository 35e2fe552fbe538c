export * from './import-cast.ts'
