import { Command } from 'commander'
import { version } from '../version.ts'
import { addAlerts } from './commands/alerts.ts'
import { addChains } from './commands/chains.ts'
import { addDeadLetters } from './commands/dead-letters.ts'
import { addExport } from './commands/export.ts'
import { addHolds } from './commands/holds.ts'
import { addImport } from './commands/import.ts'
import { addLogin } from './commands/login.ts'
import { addLogout } from './commands/logout.ts'
import { addPublish } from './commands/publish.ts'
import { addRules } from './commands/rules.ts'
import { addRuns } from './commands/runs.ts'
import { addServe } from './commands/serve.ts'
import { addServiceTokens } from './commands/service-tokens.ts'
import { addSessions } from './commands/sessions.ts'
import { addSuppress } from './commands/suppress.ts'
import { addTargets } from './commands/targets.ts'
import { addVerify } from './commands/verify.ts'
import { addWhoami } from './commands/whoami.ts'

const NOTES = `
Environment:
  HOPTRACE_CONFIG  the configuration file, where --config names none (default ./hoptrace.yaml)
  HOPTRACE_URL     where the platform is (default: as configured)
  HOPTRACE_TOKEN   a service token, a run's, or an operator's (default: who logged in with hoptrace login, or else the operator
                   token of the data directory)
  XDG_CONFIG_HOME  where logins are kept, in hoptrace/logins.json (default ~/.config)

Exit codes: 0 done, 1 failed, 2 wrong usage, 3 not found, 4 not authorised, 5 cannot reach, 6 verification found a problem`

/** The command line. */
export function program(): Command {
  const root = new Command('hoptrace')
    .description('Records what agents and people do to infrastructure, and links what they reached.')
    .version(version)
    .option('-c, --config <file>', 'configuration file')
    .option('--json', 'print JSON')
    .configureHelp({ showGlobalOptions: true })
    .addHelpText('after', NOTES)
    .exitOverride()
  for (const add of [
    addServe,
    addLogin,
    addLogout,
    addWhoami,
    addRuns,
    addTargets,
    addSessions,
    addChains,
    addAlerts,
    addRules,
    addSuppress,
    addExport,
    addVerify,
    addDeadLetters,
    addHolds,
    addPublish,
    addImport,
    addServiceTokens,
  ])
    add(root)
  inherit(root)
  return root
}

// Commands made by `.command()` copy settings when they are made, so before this they knew nothing of it.
function inherit(parent: Command): void {
  for (const command of parent.commands) {
    command.copyInheritedSettings(parent)
    inherit(command)
  }
}
