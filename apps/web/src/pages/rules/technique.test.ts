import { describe, expect, it } from 'vitest'
import { techniqueOf, techniquesOf } from './technique.ts'

describe('a tag of a rule', () => {
  it('reads as the framework writes it', () => {
    expect(
      ['attack.t1552.007', 'atlas.aml.t0051', 'attack.credential-access', 'attack.ta0006', 'cve.2025-1', 'custom'].map(techniqueOf),
    ).toEqual(['T1552.007', 'AML.T0051', 'credential access', 'TA0006', 'cve.2025-1', 'custom'])
  })

  it('stands after the techniques when it is a tactic', () => {
    expect(techniquesOf(['attack.lateral-movement', 'attack.t1021.004'])).toEqual(['T1021.004', 'lateral movement'])
  })
})
