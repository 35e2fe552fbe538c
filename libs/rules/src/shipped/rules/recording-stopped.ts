/** We did not see, or were shown two truths. */
export const recordingStopped = `title: Recording stopped, or is in conflict with itself
id: 056d6672-996f-48a2-aefc-bbc64c191ca9
name: hoptrace_recording_stopped
status: experimental
description: |
  Something was not recorded: a gateway went down, its spool failed, events were lost, or a session was ended because it could
  not be recorded; or two different events stand in one place of a session. Look at what ran at that time, at the gateway's
  disk and log, and at who can write to either. Nothing that was declared explains this away.
references:
  - https://attack.mitre.org/techniques/T1562/
tags:
  - attack.defense-evasion
  - attack.t1562
  - attack.t1565.001
logsource:
  product: hoptrace
  category: event
detection:
  gap:
    type: recording.gap
    body.reason:
      - crash
      - spool
      - lost
  conflict:
    type: recording.conflict
  ended:
    type: session.ended
    body.reason: recording
  condition: 1 of them
fields:
  - body.reason
  - body.message
falsepositives:
  - A gateway that was stopped by force while it was deployed
level: high
response: page
`
