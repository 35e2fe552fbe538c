/** Another account by a secret that was found. */
export const credentialSwitch = `title: A credential that was found opened new access under another account
id: 80c222bd-a445-4005-8aef-b88891004298
name: hoptrace_credential_switch
status: experimental
description: |
  A secret that was seen in an answer was accepted elsewhere, as another account than before, and with it the run reached what
  it had not reached. Look at whose account it is, and whether the run was granted what the account may do.
references:
  - https://attack.mitre.org/techniques/T1078/
tags:
  - attack.privilege-escalation
  - attack.lateral-movement
  - attack.t1078
  - atlas.aml.t0012
logsource:
  product: hoptrace
  category: hop
detection:
  switched:
    classes: credential-flow
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
  - A secret broker whose path is not declared under approvedPaths
level: medium
response: queue
`
