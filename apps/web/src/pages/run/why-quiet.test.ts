import { describe, expect, it } from 'vitest'
import { whyQuiet } from './why-quiet.ts'

const grant = { target: 'orders', protocol: 'postgres' as const }

describe('a run without alerts', () => {
  it('says what it did, and that it stayed inside of what it was given', () => {
    expect(whyQuiet({ sessions: 3, denials: 0, grants: [grant, grant] })).toBe(
      'Its 3 sessions stayed inside its 2 grants, and nothing was refused; no rule that is on found a boundary crossed.',
    )
  })

  it('does not hide that something was refused', () => {
    expect(whyQuiet({ sessions: 1, denials: 2, grants: [grant] })).toMatch(/2 attempts were refused/)
  })

  it('tells a run that did nothing from one that behaved', () => {
    expect(whyQuiet({ sessions: 0, denials: 0, grants: [grant] })).toMatch(/^It reached nothing so far/)
  })
})
