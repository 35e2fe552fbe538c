/** No, and then yes by another way. */
export const refusedThenReached = `title: It was refused, then reached by another actor or route
id: 4311f745-dc16-4b8f-9908-10ab33345557
name: hoptrace_refused_then_reached
status: experimental
description: |
  A target was refused to a run, and later in the same chain it was reached by another run, account, protocol or name, without a
  person having started a run for it since. Look at who was refused and who got in, and at what passed between them. Revoke both.
references:
  - https://attack.mitre.org/techniques/T1078/
tags:
  - attack.defense-evasion
  - attack.privilege-escalation
  - attack.t1078
  - atlas.aml.t0053
logsource:
  product: hoptrace
  category: hop
detection:
  around:
    isEvasion: true
  condition: around
fields:
  - to.target
  - to.principal
  - isEvasionByOther
falsepositives:
  - Two agents with different grants that were meant to share one task
level: high
response: page
`
