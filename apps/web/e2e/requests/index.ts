export * from './requests.e2e.ts'
export * from './requests-view.e2e.ts'
