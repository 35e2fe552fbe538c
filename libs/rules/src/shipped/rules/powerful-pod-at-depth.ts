/** A pod with its node's powers, asked for from afar. */
export const powerfulPodAtDepth = `title: A privileged or hostPath pod was asked for two or more hops away
id: 8560b24e-ae76-415c-85f8-6861f6de4c9f
name: hoptrace_powerful_pod_at_depth
status: experimental
description: |
  At least two hops from where the chain began, a workload was asked for that is privileged, shares the node's namespaces, or
  mounts its files. Look at the manifest in the request, delete the workload if it runs, and treat its node as reached.
references:
  - https://attack.mitre.org/techniques/T1611/
tags:
  - attack.privilege-escalation
  - attack.execution
  - attack.t1611
  - attack.t1610
logsource:
  product: hoptrace
  category: hop
detection:
  pod:
    to.acts:
      - privileged-pod
      - host-path
    depth|gte: 2
  condition: pod
fields:
  - to.target
  - to.acts
  - depth
falsepositives:
  - Agents that install node software, such as log collectors or network plugins, from a bastion
level: high
response: queue
`
