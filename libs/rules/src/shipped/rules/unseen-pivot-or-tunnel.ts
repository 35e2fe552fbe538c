/** Ways around the gateway. */
export const unseenPivotOrTunnel = `title: A pivot was not seen at the gateway, or a pivot or a tunnel led to new ground
id: 99f832ee-c722-4d68-947c-e04ed0d7b06f
name: hoptrace_unseen_pivot_or_tunnel
status: experimental
description: |
  A command names an internal destination and no access to it was seen within a minute; or a forward was opened by a hop that
  crossed a boundary; or what a command named, or what came from inside a target, is a place that this kind of agent had never
  reached. A parsed command is not yet a connection: look at its exit status and output first, then at why it can be
  reached without the gateway.
references:
  - https://attack.mitre.org/techniques/T1572/
tags:
  - attack.command-and-control
  - attack.lateral-movement
  - attack.t1572
  - attack.t1021
logsource:
  product: hoptrace
  category: hop
detection:
  unseen:
    to.kind: unseen
  tunnel:
    to.acts: tunnel
    boundaries|exists: true
  new_ground:
    classes:
      - pivot-command
      - origin
    to.isFirstSeen: true
  condition: 1 of them
fields:
  - to.tool
  - to.relation
  - to.target
falsepositives:
  - Commands that are printed or written to a file rather than run
  - Hosts that are deliberately reached without the gateway
level: medium
response: queue
`
