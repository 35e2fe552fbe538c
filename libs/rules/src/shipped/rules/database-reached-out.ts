/** What came of it. */
export const databaseReachedOut = `title: A database reached out, and an access followed
id: 1686992a-644a-4ea9-8c65-369dd63ffc1f
name: hoptrace_database_reached_out
status: experimental
description: |
  A statement told the database to connect somewhere, and an access to that place followed, or none was seen at the gateway
  although the place is internal. Look at the statement's destination, and at what was asked there in the database's name.
references:
  - https://attack.mitre.org/techniques/T1090/001/
tags:
  - attack.command-and-control
  - attack.lateral-movement
  - attack.t1090.001
logsource:
  product: hoptrace
  category: hop
detection:
  reached:
    classes: pivot-command
    source.acts: outbound-sql
  condition: reached
fields:
  - from.target
  - to.target
falsepositives:
  - Foreign tables that are part of an application
level: medium
response: queue
`
