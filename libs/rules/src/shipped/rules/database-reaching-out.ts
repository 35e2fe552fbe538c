/** A statement by which the database itself opens a connection. */
export const databaseReachingOut = `title: A database was told to reach out
id: e1d030a3-3e32-4330-9397-aaf88021752b
name: hoptrace_database_told_to_reach_out
status: experimental
description: |
  A statement names a destination that the database itself will connect to: a foreign server, dblink, a subscription, or a
  program of COPY. Its traffic does not pass the gateway. Look at the destination, and at what the database could send there.
references:
  - https://attack.mitre.org/techniques/T1090/001/
tags:
  - attack.command-and-control
  - attack.lateral-movement
  - attack.t1090.001
logsource:
  product: hoptrace
  category: event
detection:
  named:
    type: pivot.named
    acts: outbound-sql
  condition: named
fields:
  - body.host
  - body.tool
  - body.command
falsepositives:
  - Migrations that set up replication or foreign tables; declare the window under maintenance
level: medium
response: queue
`
