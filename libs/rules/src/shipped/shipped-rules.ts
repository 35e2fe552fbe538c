import { type RuleFile, readRuleFile } from '../document/rule-file.ts'
import { credentialSwitch } from './rules/credential-switch.ts'
import { databaseReachedOut } from './rules/database-reached-out.ts'
import { databaseReachingOut } from './rules/database-reaching-out.ts'
import { deepBulkEgress } from './rules/deep-bulk-egress.ts'
import { firstSeenFanOut } from './rules/first-seen-fan-out.ts'
import { machineTokenUsedElsewhere } from './rules/machine-token-used-elsewhere.ts'
import { namedHostThenFirstSsh } from './rules/named-host-then-first-ssh.ts'
import { oddDelegation } from './rules/odd-delegation.ts'
import { powerfulPodAtDepth } from './rules/powerful-pod-at-depth.ts'
import { privilegedAccountSwitch } from './rules/privileged-account-switch.ts'
import { privilegedCredentialSwitch } from './rules/privileged-credential-switch.ts'
import { recordingStopped } from './rules/recording-stopped.ts'
import { refusedThenReached } from './rules/refused-then-reached.ts'
import { secretThenUsed } from './rules/secret-then-used.ts'
import { sqlSshKubernetesWrite } from './rules/sql-ssh-kubernetes-write.ts'
import { unseenPivotOrTunnel } from './rules/unseen-pivot-or-tunnel.ts'

/** A file of rules that comes with Hoptrace: Sigma as YAML, of one or several documents. */
export type ShippedRule = { name: string; text: string }

/**
 * Twelve, some with a second rule in a file of its own, so that each can be switched for itself; and one about the recording.
 * A correlation stands with what it counts.
 */
export const shippedTexts: readonly ShippedRule[] = [
  { name: 'secret-then-used', text: secretThenUsed },
  { name: 'named-host-then-first-ssh', text: namedHostThenFirstSsh },
  { name: 'sql-ssh-kubernetes-write', text: sqlSshKubernetesWrite },
  { name: 'powerful-pod-at-depth', text: powerfulPodAtDepth },
  { name: 'machine-token-used-elsewhere', text: machineTokenUsedElsewhere },
  { name: 'credential-switch', text: credentialSwitch },
  { name: 'privileged-credential-switch', text: privilegedCredentialSwitch },
  { name: 'privileged-account-switch', text: privilegedAccountSwitch },
  { name: 'odd-delegation', text: oddDelegation },
  { name: 'database-reaching-out', text: databaseReachingOut },
  { name: 'database-reached-out', text: databaseReachedOut },
  { name: 'unseen-pivot-or-tunnel', text: unseenPivotOrTunnel },
  { name: 'first-seen-fan-out', text: firstSeenFanOut },
  { name: 'refused-then-reached', text: refusedThenReached },
  { name: 'deep-bulk-egress', text: deepBulkEgress },
  { name: 'recording-stopped', text: recordingStopped },
]

/** The rules that come with Hoptrace, read. */
export function shippedRules(): RuleFile {
  const files = shippedTexts.map(({ name, text }) => readRuleFile(text, `shipped/${name}.yml`))
  return { rules: files.flatMap(({ rules }) => rules), problems: files.flatMap(({ problems }) => problems) }
}
