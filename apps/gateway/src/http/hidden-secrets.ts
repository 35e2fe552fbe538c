import type { EventBody, EventType, FoundObservables } from '@hoptrace/events'
import { withoutRunTokens } from '../access/run-token.ts'
import { schemeCredential } from './credential-fields.ts'
import type { EventLog } from './fitting-log.ts'
import type { SentOptions } from './sent-fields.ts'

/** Shorter ones stand in any text. */
const MIN_LENGTH = 8
const RUN_TOKEN_LENGTH = 36
/** A credential is rotated now and then, while its session goes on. */
const MAX_SECRETS = 16

/**
 * What the gateway was shown or holds itself, and so stands in no event, though a target may answer with it and a caller
 * send it on as data. Each character is masked by one: what points into a text still does.
 */
export class HiddenSecrets implements EventLog {
  private readonly secrets = new Set<string>()
  /** Text that is shorter than this holds none of them, and no run token. */
  private shortest = RUN_TOKEN_LENGTH

  constructor(private readonly log: EventLog) {}

  get digestKey() {
    return this.log.digestKey
  }

  hide(sent: Pick<SentOptions, 'token' | 'credential'>): void {
    for (const secret of secretsOf(sent)) {
      if (secret.length < MIN_LENGTH) continue
      this.secrets.add(secret)
      this.shortest = Math.min(this.shortest, secret.length)
    }
    const [oldest] = this.secrets
    if (this.secrets.size > MAX_SECRETS && oldest !== undefined) this.secrets.delete(oldest)
  }

  append<T extends EventType>(type: T, body: EventBody<T>, found?: FoundObservables): number {
    return this.log.append(type, this.holds(body) ? this.masked(body) : body, this.holds(found) ? this.masked(found) : found)
  }

  // Nearly every event holds none, and to look costs a tenth of making it anew.
  private holds(value: unknown, name = ''): boolean {
    if (typeof value === 'string') return name === 'base64' ? this.maskedBase64(value) !== value : this.mayHold(value)
    if (typeof value !== 'object' || value === null) return false
    if (Array.isArray(value)) return this.holdsIn(value)
    const members = value as Record<string, unknown>
    for (const member in members) if (this.holds(members[member], member)) return true
    return false
  }

  private holdsIn(items: readonly unknown[]): boolean {
    for (let n = 0; n < items.length; n++) if (this.holds(items[n])) return true
    return false
  }

  private mayHold(text: string): boolean {
    if (text.length < this.shortest) return false
    if (text.includes('hop_')) return true
    for (const secret of this.secrets) if (text.includes(secret)) return true
    return false
  }

  private masked<V>(value: V): V
  private masked(value: unknown): unknown {
    if (typeof value === 'string') return this.maskedText(value)
    if (typeof value !== 'object' || value === null) return value
    if (Array.isArray(value)) {
      const items = value.map((item) => this.masked(item))
      return items.some((item, index) => item !== value[index]) ? items : value
    }
    const members = Object.entries(value).map(([name, member]) => [name, this.maskedMember(name, member)] as const)
    return members.some(([name, member]) => member !== Reflect.get(value, name)) ? Object.fromEntries(members) : value
  }

  private maskedMember(name: string, member: unknown): unknown {
    return name === 'base64' && typeof member === 'string' ? this.maskedBase64(member) : this.masked(member)
  }

  private maskedBase64(encoded: string): string {
    const bytes = Buffer.from(encoded, 'base64').toString('latin1')
    return this.mayHold(bytes) ? Buffer.from(this.maskedText(bytes), 'latin1').toString('base64') : encoded
  }

  private maskedText(text: string): string {
    // Another run's as well: whoever reads the recording is not to act for it.
    let shown = withoutRunTokens(text)
    for (const secret of this.secrets) if (shown.includes(secret)) shown = shown.replaceAll(secret, '*'.repeat(secret.length))
    return shown
  }
}

function secretsOf({ token, credential }: Pick<SentOptions, 'token' | 'credential'>): string[] {
  const own = credential === null ? [] : [credential.value, schemeCredential(credential.value), credential.value.replace(/^\S+ /, '')]
  return [...(token === null ? [] : [token]), ...own]
}
