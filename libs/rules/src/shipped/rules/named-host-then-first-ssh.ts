/** A host from a table, and SSH to it for the first time. */
export const namedHostThenFirstSsh = `title: A host in a database answer became a first SSH target
id: ab00385b-b435-4ba7-83e8-1062a17af82a
name: hoptrace_named_host_then_first_ssh
status: experimental
description: |
  A host or an address stood in the rows that a database answered, and an agent that had never been there opened SSH to it,
  or tried to. Look at the row: did somebody put it there to be followed? Then at what was done on the host.
references:
  - https://attack.mitre.org/techniques/T1021/004/
tags:
  - attack.discovery
  - attack.lateral-movement
  - attack.t1018
  - attack.t1021.004
  - atlas.aml.t0051
logsource:
  product: hoptrace
  category: hop
detection:
  flow:
    classes: target-flow
    from.protocol: postgres
    to.protocol: ssh
    to.isFirstSeen: true
  condition: flow
fields:
  - observable.value
  - to.target
falsepositives:
  - An inventory that lives in a database, followed by an agent that is new to a host
level: low
response: queue
`
