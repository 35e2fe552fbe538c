import { z } from 'zod'
import { Bytes, Truncation } from '../bytes.ts'
import { Channel } from './terminal-bodies.ts'

export const Pty = z.object({ term: z.string(), cols: z.int(), rows: z.int() })
/** A shell is an exec without a command. */
export const SshExec = z.object({
  channel: Channel,
  command: z.string().nullable(),
  /** The command's very bytes, when they are not UTF-8. */
  bytes: Bytes.optional(),
  truncated: Truncation.optional(),
  pty: Pty.nullable(),
})
export const SshExit = z.object({
  channel: Channel,
  status: z.int().nullable(),
  signal: z.string().nullable(),
  stdoutBytes: z.int(),
  stderrBytes: z.int(),
  stdinBytes: z.int(),
})
export const SshSubsystem = z.object({ channel: Channel, name: z.string(), isAccepted: z.boolean() })
export const SshEnv = z.object({ channel: Channel, name: z.string(), value: z.string(), isAccepted: z.boolean() })
export const SshSignal = z.object({ channel: Channel, signal: z.string() })
export const SshForward = z.object({
  channel: Channel.nullable(),
  direction: z.enum(['local', 'remote', 'remote-listen', 'streamlocal', 'x11']),
  phase: z.enum(['opened', 'closed', 'refused']),
  host: z.string(),
  port: z.int(),
  bytesToTarget: z.int(),
  bytesToCaller: z.int(),
})
export const SshAgent = z.object({ channel: Channel.nullable(), isRefused: z.boolean() })

export const FileTransfer = z.object({
  channel: Channel,
  protocol: z.enum(['sftp', 'scp']),
  path: z.string(),
  direction: z.enum(['upload', 'download']),
  /** Bytes transferred. */
  size: z.int(),
  /** Of the bytes transferred, in file order; null when they were not transferred in order from the first on. */
  sha256: z.string().nullable(),
  isComplete: z.boolean(),
})
/** What SFTP does besides transferring: list, remove, rename, make a link. */
export const FileOperation = z.object({
  channel: Channel,
  operation: z.string(),
  path: z.string(),
  to: z.string().nullable(),
  /** SSH_FX_* status; null when no answer came. */
  status: z.int().nullable(),
})
