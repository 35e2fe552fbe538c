import { setImmediate as othersTurn } from 'node:timers/promises'
import { printable } from '@hoptrace/events'
import type { Recorded, Recording } from '../recorded.ts'
import { IdleClock, idleLimitUs } from '../replay/idle-clock.ts'
import { programIn, shellWord } from './program.ts'
import { ShellCommands, type ShellNews } from './shell-commands.ts'

export type CommandKind = 'exec' | 'shell' | 'typed' | 'marker' | 'subsystem' | 'forward' | 'transfer'

/** Something that was done in a session, and when. */
export type Command = {
  seq: number
  elapsedUs: number
  /** Seconds on the player's clock, with the same limit to pauses. */
  playerSeconds: number
  channel: number
  kind: CommandKind
  /** Safe to print. Empty for a shell. */
  text: string
  /** Null while it is not known: still running, ended by a signal, or a shell that does not tell. */
  exitStatus: number | null
}

export type CommandOptions = { idleSeconds?: number | undefined; limit?: number }
export type Commands = { items: Command[]; isTruncated: boolean }

const MAX_TEXT = 4096
/** Shells that are followed at once; the lines of more are not found. */
const MAX_SHELLS = 64

/** The commands of a session in the order of seq: at most `limit`, by default 10,000. */
export async function commandsOf(recording: Recording, { idleSeconds, limit = 10_000 }: CommandOptions = {}): Promise<Commands> {
  const clock = new IdleClock(idleLimitUs(idleSeconds))
  const finder = new CommandFinder(limit)
  let atUs = 0
  for await (const event of recording) {
    atUs = Math.max(atUs, event.elapsedUs)
    const before = finder.items.length
    finder.next(event, clock.at(atUs) / 1e6)
    if (finder.items.length > before) await othersTurn()
  }
  const items = finder.items.sort((one, other) => one.seq - other.seq)
  return { items, isTruncated: finder.isTruncated }
}

type Found = Pick<Command, 'kind' | 'text'>

class CommandFinder {
  readonly items: Command[] = []
  isTruncated = false
  private readonly shells = new Map<number, ShellCommands>()
  /** The last command of each channel: what an exit status belongs to. */
  private readonly execs = new Map<number, Command>()
  private readonly typed = new Map<number, Command>()

  constructor(private readonly limit: number) {}

  next(event: Recorded, seconds: number): void {
    const channel = 'channel' in event.body ? event.body.channel : null
    if (typeof channel !== 'number') return
    const found = commandIn(event)
    if (found) {
      const command = this.add({ ...event, playerSeconds: seconds, channel, ...found })
      if (command && programIn(event)) this.execs.set(channel, command)
    }
    this.follow(event, channel, seconds)
  }

  private follow(event: Recorded, channel: number, seconds: number): void {
    const shell = this.shells.get(channel)
    const program = programIn(event)
    if (program?.hasTerminal && this.shells.size < MAX_SHELLS) {
      const begun = new ShellCommands()
      this.shells.set(channel, begun)
      if (program.size) begun.resize(program.size)
    } else if (event.type === 'terminal.resize') shell?.resize(event.body)
    else if (event.type === 'terminal.output') this.tell(shell?.onOutput(event) ?? [], channel, seconds)
    else if (event.type === 'terminal.input') this.tell(shell?.onInput(event) ?? [], channel, seconds)
    else if (event.type === 'ssh.exit') this.endChannel(channel, event.body.status)
    else if (event.type === 'kubernetes.exit') this.endChannel(channel, event.body.exitCode)
  }

  private endChannel(channel: number, status: number | null): void {
    this.end(this.execs.get(channel), status)
    this.shells.delete(channel)
  }

  private tell(news: ShellNews[], channel: number, playerSeconds: number): void {
    for (const each of news) {
      if ('ended' in each) {
        this.end(this.typed.get(channel), each.ended)
        this.typed.delete(channel)
      } else {
        const { seq, elapsedUs } = each.at
        const command = this.add({ seq, elapsedUs, playerSeconds, channel, kind: 'typed', text: each.typed })
        if (command) this.typed.set(channel, command)
      }
    }
  }

  private add({ seq, elapsedUs, playerSeconds, channel, kind, text }: Omit<Command, 'exitStatus'>): Command | null {
    this.isTruncated ||= this.items.length >= this.limit
    if (this.isTruncated) return null
    const command = { seq, elapsedUs, playerSeconds, channel, kind, text: printable(text).slice(0, MAX_TEXT), exitStatus: null }
    this.items.push(command)
    return command
  }

  private end(command: Command | undefined, status: number | null): void {
    if (command) command.exitStatus = status
  }
}

function commandIn({ type, body }: Recorded): Found | null {
  switch (type) {
    case 'ssh.exec':
      return body.command === null ? { kind: 'shell', text: '' } : { kind: 'exec', text: body.command }
    case 'kubernetes.exec':
      return { kind: 'exec', text: body.kind === 'attach' ? `attach ${body.pod}` : body.command.map(shellWord).join(' ') }
    case 'ssh.subsystem':
      return { kind: 'subsystem', text: body.name }
    case 'ssh.forward':
      return body.phase === 'closed' ? null : { kind: 'forward', text: `${body.direction} ${body.host}:${body.port} ${body.phase}` }
    case 'file.transfer':
      return { kind: 'transfer', text: `${body.direction} ${body.path}` }
    case 'terminal.marker':
      return { kind: 'marker', text: body.label }
    default:
      return null
  }
}
