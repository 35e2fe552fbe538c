/** The same, by whatever led there, where the end is privileged. */
export const privilegedAccountSwitch = `title: A run went on to a privileged target under another account
id: 9ceec235-d9ab-450a-9bbd-63b534096c16
name: hoptrace_privileged_account_switch
status: experimental
description: |
  From one target a run was led on to another that is declared privileged, or to a privileged account there, which it had not
  reached before and where it has another account. No secret needs to have been seen on the way: a name in an answer, a command,
  or where the connection came from led there. Look at what named it, and whether the task needed that account.
references:
  - https://attack.mitre.org/techniques/T1078/
tags:
  - attack.privilege-escalation
  - attack.lateral-movement
  - attack.t1078
  - attack.t1021
logsource:
  product: hoptrace
  category: hop
detection:
  switched:
    to.isPrivileged: true
    isAccountSwitch: true
    isNewAccess: true
  not_accepted:
    to.kind:
      - refused
      - unseen
  condition: switched and not not_accepted
fields:
  - from.account
  - to.account
  - to.target
falsepositives:
  - Runbooks by which agents work on privileged targets every day; declare them under maintenance
level: high
response: queue
`
