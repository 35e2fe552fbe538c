/** Far from where it began, and much came back. */
export const deepBulkEgress = `title: A deep chain ended in bulk egress
id: beed60fd-7860-465f-8cfe-131a72da0f10
name: hoptrace_deep_bulk_egress
status: experimental
description: |
  Three or more hops from where the chain began, more than 10 MB or 10 000 rows were answered, or files of more than 1 MB were
  downloaded. Look at what was read there, how much of it the recording holds, and where the caller could have taken it.
references:
  - https://attack.mitre.org/techniques/T1041/
tags:
  - attack.collection
  - attack.exfiltration
  - attack.t1213
  - attack.t1041
  - atlas.aml.t0086
logsource:
  product: hoptrace
  category: hop_chain
detection:
  deep:
    depth|gte: 3
    boundaries|exists: true
  bytes:
    egressBytes|gt: 10000000
  rows:
    egressRows|gt: 10000
  files:
    lastActs: download
    egressBytes|gt: 1000000
  condition: deep and (bytes or rows or files)
fields:
  - protocolPath
  - egressBytes
  - egressRows
falsepositives:
  - Backups and exports that are started from afar; declare the window under maintenance
level: high
response: queue
`
