import { z } from 'zod'
import { Bytes, Truncation } from './bytes.ts'
import { Name, Protocol, Uuid, WallMicros } from './identifiers.ts'
import { Origin } from './observable.ts'

export const Grant = z.object({
  target: Name,
  protocol: Protocol,
  /** SSH only: may `-L` and `-R` forwards be opened through this target? */
  forward: z.boolean().optional(),
})
export type Grant = z.infer<typeof Grant>

export const AgentRef = z.object({ template: Name, version: z.string().max(64) })
export type AgentRef = z.infer<typeof AgentRef>

const RunStarted = z.object({
  runId: Uuid,
  principal: z.string(),
  rootPrincipal: z.string(),
  /** Run ids from the root run to this run's parent; empty for a root. */
  lineage: z.array(Uuid),
  agent: AgentRef.nullable(),
  task: z.string(),
  owner: z.string(),
  grants: z.array(Grant),
  expiresAt: WallMicros,
})
const RunRevoked = z.object({ runId: Uuid, by: z.string(), reason: z.string() })
const RunExpired = z.object({ runId: Uuid })

const SessionStarted = z.object({
  /** Client software as it names itself: `application_name`, the SSH identification string. */
  client: z.string().nullable(),
  database: z.string().nullable(),
  tls: z.boolean(),
  /** What is recorded instead of lived: an imported file and its SHA-256. */
  imported: z.object({ file: z.string(), sha256: z.string(), format: z.string() }).optional(),
  /** Of a gateway's own stream: the last event of the stream before it on the same spool, when that is known. */
  previousBoot: z.object({ bootId: Uuid, lastSeq: z.int(), hash: z.string() }).optional(),
})
const SessionEnded = z.object({
  reason: z.enum(['client', 'target', 'revoked', 'expired', 'crash', 'error', 'recording', 'shutdown', 'imported']),
  message: z.string().nullable(),
})

/** Why an access was refused. Stable: rules and people key on it. */
export const DenyReason = z.enum([
  'no-credential',
  'unknown-token',
  'expired',
  'revoked',
  'unknown-target',
  'not-granted',
  'wrong-account',
  'tls-required',
  'host-key-changed',
  'target-unreachable',
  'target-refused',
  'recording-unavailable',
  'malformed',
])
export type DenyReason = z.infer<typeof DenyReason>

const AccessDecided = z.object({
  decision: z.enum(['allow', 'deny', 'review']),
  reason: DenyReason.nullable(),
  asked: z.object({
    protocol: Protocol,
    target: z.string(),
    account: z.string().nullable(),
    database: z.string().nullable(),
  }),
  method: z.enum(['password', 'publickey', 'bearer', 'none']),
  message: z.string().nullable(),
  /** Of a refusal, which stands in the gateway's own stream: where it came from, and whose token or key it was, when that is known. */
  origin: Origin.optional(),
  by: z.object({ run: Uuid, principal: z.string(), rootPrincipal: z.string(), lineage: z.array(Uuid) }).nullish(),
})

export const TransactionState = z.enum(['idle', 'transaction', 'failed'])

/** One bind value: decoded where its type is known, else the raw bytes in hex beside the type's OID. */
export const BindValue = z.object({
  oid: z.int(),
  value: z.string().nullable(),
  encoding: z.enum(['text', 'hex']),
  truncated: Truncation.optional(),
})
export type BindValue = z.infer<typeof BindValue>

const SqlStatement = z.object({
  text: z.string(),
  /** In bytes of the text; what is kept are its first bytes and those of `tail`. */
  truncated: Truncation.optional(),
  /** The last bytes of a text that was cut. What lies between came before, in notices of the kind `text` that follow one another. */
  tail: z.string().optional(),
  /** The bytes of `tail` where it is not all of them. */
  tailRaw: Bytes.optional(),
  /** Where `tail` begins, in bytes of the text. */
  tailFrom: z.int().optional(),
  /** Of all bytes of a text that was cut, in hexadecimal; absent when they never came whole. */
  sha256: z.string().optional(),
  /** seq of the statement that ran the same long prepared text before, and holds it with its tables and parts; here is only its start. */
  textOf: z.int().optional(),
  /** seq of the statement that ran the same portal before, and holds its many bind values. */
  paramsOf: z.int().optional(),
  /** The statement's bytes, where they are not valid UTF-8 and `text` therefore is not all of them. */
  raw: Bytes.optional(),
  /** `simple`: a Query message. `extended`: one Execute. `function`: a FunctionCall message. */
  mode: z.enum(['simple', 'extended', 'function']),
  /** Name of the prepared statement; empty for the unnamed one. */
  prepared: z.string().nullable(),
  params: z.array(BindValue),
  /** In bind values. */
  paramsTruncated: Truncation.optional(),
  /** First keyword, upper case: `SELECT`, `COPY`. */
  kind: z.string(),
  tables: z.array(z.string()),
  transaction: TransactionState,
  /** Start and end of each statement in a multi-statement string, in UTF-16 units; at most the first 2000. Absent for one. */
  parts: z.array(z.tuple([z.int(), z.int()])).optional(),
})

export const SqlColumn = z.object({ name: z.string(), oid: z.int(), type: z.string() })
export type SqlColumn = z.infer<typeof SqlColumn>

export const SqlError = z.object({
  severity: z.string(),
  sqlstate: z.string(),
  message: z.string(),
  detail: z.string().nullable(),
  hint: z.string().nullable(),
  position: z.int().nullable(),
})
export type SqlError = z.infer<typeof SqlError>

const SqlResult = z.object({
  /** seq of the statement that this answers. */
  statement: z.int(),
  /** Which result of a multi-statement string, from 0. */
  index: z.int(),
  tag: z.string().nullable(),
  /** Rows returned or affected; null when the protocol names none. */
  rows: z.int().nullable(),
  /** Bytes of the answer on the wire. */
  bytes: z.int(),
  durationUs: z.int(),
  error: SqlError.nullable(),
  columns: z.array(SqlColumn),
  columnsTruncated: Truncation.optional(),
  /** The first rows of the answer, as text; null is NULL. Binary of unknown types as `\x` hex. */
  sample: z.array(z.array(z.string().nullable())),
  /** In rows recorded whole: a row of the sample with a cut cell is not. */
  truncated: Truncation.optional(),
  /** Cells of the sample that were cut: row, column, and the cell's bytes on the wire. */
  cutCells: z.array(z.tuple([z.int(), z.int(), z.int()])).optional(),
  /** Cells of the sample that are not valid UTF-8: row and column of each, its bytes as `\x` hex. */
  hexCells: z.array(z.tuple([z.int(), z.int()])).optional(),
  copy: z
    .strictObject({
      direction: z.enum(['in', 'out', 'both']),
      bytes: z.int(),
      chunks: z.int(),
      sample: Bytes,
      truncated: Truncation.optional(),
    })
    .optional(),
  transaction: TransactionState,
  /**
   * True when the answer never came whole: the connection ended first, or the server discarded the statement
   * because an earlier one in its pipeline failed.
   */
  incomplete: z.boolean().optional(),
})
/**
 * A message that answers no statement: a notice (or an error of no statement), an asynchronous notification, a cancel request;
 * the first bytes that the caller copied in (`copy`), on record before the COPY can take effect;
 * and what a statement too long for one event holds between its start and its tail (`text`), in pieces and in order.
 */
const SqlNotice = z.object({
  kind: z.enum(['notice', 'notification', 'cancel', 'copy', 'text']),
  severity: z.string().nullable(),
  sqlstate: z.string().nullable(),
  message: z.string(),
  channel: z.string().nullable(),
  /** `copy`: the first bytes of what was copied in. `text`: the next bytes of the statement. */
  data: Bytes.optional(),
  /** In bytes of the message, or of `data`. */
  truncated: Truncation.optional(),
})

const Channel = z.int().nonnegative()
/**
 * Where the search for observables in `data` stopped, in bytes. Said once: nothing more of the same answer is searched,
 * nor, when all that one session may cost is spent, anything more of the session.
 */
const Search = z.object({ truncated: Truncation }).optional()
const TerminalOutput = z.object({ channel: Channel, stream: z.enum(['stdout', 'stderr']), data: Bytes, search: Search })
const TerminalInput = z.object({ channel: Channel, data: Bytes, isEchoed: z.boolean(), search: Search })
const TerminalResize = z.object({ channel: Channel, cols: z.int(), rows: z.int() })
/** A mark that the recording itself carries (asciicast `m`). */
const TerminalMarker = z.object({ channel: Channel, label: z.string() })

export const Pty = z.object({ term: z.string(), cols: z.int(), rows: z.int() })
/** A shell is an exec without a command. */
const SshExec = z.object({
  channel: Channel,
  command: z.string().nullable(),
  /** The command's very bytes, when they are not UTF-8. */
  bytes: Bytes.optional(),
  truncated: Truncation.optional(),
  pty: Pty.nullable(),
})
const SshExit = z.object({
  channel: Channel,
  status: z.int().nullable(),
  signal: z.string().nullable(),
  stdoutBytes: z.int(),
  stderrBytes: z.int(),
  stdinBytes: z.int(),
})
const SshSubsystem = z.object({ channel: Channel, name: z.string(), isAccepted: z.boolean() })
const SshEnv = z.object({ channel: Channel, name: z.string(), value: z.string(), isAccepted: z.boolean() })
const SshSignal = z.object({ channel: Channel, signal: z.string() })
const SshForward = z.object({
  channel: Channel.nullable(),
  direction: z.enum(['local', 'remote', 'remote-listen', 'streamlocal', 'x11']),
  phase: z.enum(['opened', 'closed', 'refused']),
  host: z.string(),
  port: z.int(),
  bytesToTarget: z.int(),
  bytesToCaller: z.int(),
})
const SshAgent = z.object({ channel: Channel.nullable(), isRefused: z.boolean() })

const FileTransfer = z.object({
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
const FileOperation = z.object({
  channel: Channel,
  operation: z.string(),
  path: z.string(),
  to: z.string().nullable(),
  /** SSH_FX_* status; null when no answer came. */
  status: z.int().nullable(),
})

const RecordingGap = z.object({
  reason: z.enum(['crash', 'spool', 'limit', 'lost']),
  message: z.string(),
  /** First seq that may be missing, when it is known. */
  fromSeq: z.int().nullable(),
})
const RecordingViewed = z.object({
  viewer: z.string(),
  resource: z.string(),
  id: z.string(),
  /** What was seen of it, `seq 0-412` or `events page 2`. */
  span: z.string(),
  /** Did the viewer see recorded content, or metadata alone? */
  isContent: z.boolean(),
})
const GatewayHeartbeat = z.object({
  /** Sessions that were open at any time since the heartbeat before, with their last seq: a lost tail shows, and a session lost whole. */
  open: z.array(z.tuple([Uuid, z.int()])),
  /** The hashes of those last events in the same order, 32 hexadecimal digits of each: a session that is made anew does not have them. */
  heads: z.array(z.string()).optional(),
  truncated: Truncation.optional(),
})

/** Every type of event with the shape of its body. The only definition; types, JSON Schema and columns follow it. */
export const bodies = {
  'run.started': RunStarted,
  'run.revoked': RunRevoked,
  'run.expired': RunExpired,
  'session.started': SessionStarted,
  'session.ended': SessionEnded,
  'access.decided': AccessDecided,
  'sql.statement': SqlStatement,
  'sql.result': SqlResult,
  'sql.notice': SqlNotice,
  'terminal.output': TerminalOutput,
  'terminal.input': TerminalInput,
  'terminal.resize': TerminalResize,
  'terminal.marker': TerminalMarker,
  'ssh.exec': SshExec,
  'ssh.exit': SshExit,
  'ssh.subsystem': SshSubsystem,
  'ssh.env': SshEnv,
  'ssh.signal': SshSignal,
  'ssh.forward': SshForward,
  'ssh.agent': SshAgent,
  'file.transfer': FileTransfer,
  'file.operation': FileOperation,
  'recording.gap': RecordingGap,
  'recording.viewed': RecordingViewed,
  'gateway.heartbeat': GatewayHeartbeat,
} as const

export type EventType = keyof typeof bodies
export type EventBody<T extends EventType> = z.infer<(typeof bodies)[T]>
