/** The switch that pages. */
export const privilegedCredentialSwitch = `title: A credential that was found opened a privileged target
id: 30c6e065-c335-4fca-8434-55e97af4b7da
name: hoptrace_privileged_credential_switch
status: experimental
description: |
  A secret that was seen in an answer was accepted as another account at a target, or as an account, that is declared
  privileged, and no approved path leads there. Is it still open? Revoke the run, rotate the secret, then read the session.
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
    isApproved: false
    to.isPrivileged: true
  accepted:
    - to.kind: session
    - to.kind: use
      to.protocol:
        - http
        - kubernetes
  condition: switched and accepted
fields:
  - from.account
  - to.account
  - to.target
falsepositives:
  - A secret broker whose path is not declared under approvedPaths
  - A break-glass account in use; declare the window under maintenance
level: critical
response: page
`
