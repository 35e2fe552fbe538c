export * from './claims.e2e.ts'
export * from './views.e2e.ts'
export * from './workbench.e2e.ts'
