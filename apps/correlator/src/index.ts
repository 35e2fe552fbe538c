export { CorrelatorModule } from './correlator.module.ts'
export { Correlator, type CorrelatorOptions, type CorrelatorState } from './correlator.ts'
