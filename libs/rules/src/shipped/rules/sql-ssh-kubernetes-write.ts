/** Three protocols, and a change at their end. */
export const sqlSshKubernetesWrite = `title: A database, then SSH, then a change in a cluster
id: ff45facb-2739-4c90-a30b-02e18186e57c
name: hoptrace_sql_ssh_kubernetes_write
status: experimental
description: |
  One chain leads from a database over SSH into a Kubernetes API and changes something there. Look at each hop for the value
  that carried it, at what was changed, and undo that first; then at whether the task needed all three.
references:
  - https://attack.mitre.org/techniques/T1021/
tags:
  - attack.lateral-movement
  - attack.execution
  - attack.t1021
  - attack.t1609
logsource:
  product: hoptrace
  category: hop
detection:
  path:
    protocolPath: '*postgres>*ssh>*kubernetes'
    to.protocol: kubernetes
    to.acts: write
    pathBoundaries|exists: true
  condition: path
fields:
  - protocolPath
  - to.target
  - to.writes
falsepositives:
  - A runbook that looks work up in a database and deploys from a bastion; declare it under maintenance
level: high
response: queue
`
