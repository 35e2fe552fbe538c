/** What a machine or a pod is given to be itself, used by somebody else. */
export const machineTokenUsedElsewhere = `title: A token of a machine or a pod was read and used elsewhere
id: c51c43b0-5d59-45a6-bd02-8778ff9f1adf
name: hoptrace_machine_token_used_elsewhere
status: experimental
description: |
  A cloud's metadata service was asked, or the file of a pod's service account token was read, and a secret from there was
  offered at another place or as another account. Look at what the token may do there, end its sessions, and replace the role
  or the pod rather than the token alone.
references:
  - https://attack.mitre.org/techniques/T1552/005/
tags:
  - attack.credential-access
  - attack.lateral-movement
  - attack.t1552.005
  - attack.t1528
  - attack.t1550.001
logsource:
  product: hoptrace
  category: hop
detection:
  flow:
    classes: credential-flow
  read_there:
    source.acts:
      - metadata-service
      - service-account-token
  read_by_then:
    from.acts:
      - metadata-service
      - service-account-token
  same_door:
    isSameTarget: true
    isAccountSwitch: false
  condition: flow and (read_there or read_by_then) and not same_door
fields:
  - from.target
  - to.target
  - to.account
falsepositives:
  - A job that is meant to act with its pod's own token through the gateway; declare the path
level: high
response: queue
`
