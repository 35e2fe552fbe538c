/** A new place, and many new places in a short time: a correlation over hops. */
export const firstSeenFanOut = `title: A hop led to a target that was never reached before
id: 29c4d8b5-786d-46dc-93ee-6f97fb0254dd
name: hoptrace_first_seen_hop
status: experimental
description: |
  A value in an answer, a command, or where a connection came from led to a target that this kind of agent had never reached over
  this protocol. By itself that is weak, and ranked so; several in a chain are counted by the rule below. Look at what named the
  target, and whether the task explains it.
references:
  - https://attack.mitre.org/techniques/T1021/
tags:
  - attack.lateral-movement
  - attack.t1021
logsource:
  product: hoptrace
  category: hop
detection:
  first:
    to.isFirstSeen: true
  condition: first
fields:
  - to.target
  - observable.value
falsepositives:
  - An agent whose work takes it to new places, such as one that follows an inventory
level: low
response: queue
---
title: A chain fanned out to many targets that were never reached before
id: d61ed7e6-fd75-4f94-8d37-50df5e8f579b
name: hoptrace_first_seen_fan_out
status: experimental
description: |
  Within a quarter of an hour one chain led to five or more targets that this kind of agent had never reached. Look at where the
  names came from, whether a list was followed or a network was tried, and at which of them answered.
references:
  - https://attack.mitre.org/techniques/T1046/
tags:
  - attack.discovery
  - attack.lateral-movement
  - attack.t1046
  - attack.t1018
correlation:
  type: value_count
  rules:
    - hoptrace_first_seen_hop
  group-by:
    - chain.id
  timespan: 15m
  generate: true
  condition:
    field: to.target
    gte: 5
falsepositives:
  - Inventories and roll-outs by an agent that is new to its hosts
level: medium
response: queue
`
