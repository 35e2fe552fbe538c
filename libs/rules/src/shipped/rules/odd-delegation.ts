/** Acting for somebody in a way that nobody can answer for. */
export const oddDelegation = `title: A delegation is cyclic, too deep, or only claimed
id: 957468e8-a705-4ab0-95cb-d469da6e112a
name: hoptrace_odd_delegation
status: experimental
description: |
  Runs of one chain start each other in a circle, stand four or more below the run that a person started, or say that they act
  for somebody without the gateway having seen who started them. Look at the lineage: who asked for the work in the end?
references:
  - https://attack.mitre.org/techniques/T1078/
tags:
  - attack.privilege-escalation
  - attack.t1078
  - atlas.aml.t0053
logsource:
  product: hoptrace
  category: hop_chain
detection:
  cyclic:
    delegation.isCyclic: true
  deep:
    delegation.depth|gte: 4
  claimed:
    delegation.depth|gte: 1
    delegation.isVerified: false
  condition: 1 of them
fields:
  - delegation.depth
  - principals
falsepositives:
  - Orchestrators that plan in many layers
  - Agents whose framework passes the caller's name on by a header alone
level: medium
response: queue
`
