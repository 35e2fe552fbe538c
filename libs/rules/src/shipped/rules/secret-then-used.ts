/** A credential flow over a boundary. */
export const secretThenUsed = `title: A secret read in one place was used in another
id: 047a39d1-6475-44f8-a63f-4f42a4d4207a
name: hoptrace_secret_then_used
status: experimental
description: |
  A credential or a key stood in an answer, and the same value was offered as one later: to log in, in a request, or in a
  command, accepted or refused. Look at both moments: who was shown the secret, was that asked for, and does the task explain
  that it was used there? Then rotate it: whoever saw the answer has it.
references:
  - https://attack.mitre.org/techniques/T1552/
tags:
  - attack.credential-access
  - attack.lateral-movement
  - attack.t1552
  - attack.t1078
logsource:
  product: hoptrace
  category: hop
detection:
  flow:
    classes: credential-flow
    boundaries|exists: true
  same_door:
    isSameTarget: true
    isAccountSwitch: false
  condition: flow and not same_door
fields:
  - from.target
  - to.target
  - to.account
falsepositives:
  - A secret broker whose path is not declared under approvedPaths
  - A task that sets up an account and then tries it
level: medium
response: queue
`
