import type { z } from 'zod'
import { HttpEnded, HttpMessage, HttpRequest, HttpResponse } from './bodies/http-bodies.ts'
import { KubernetesExec, KubernetesExit, KubernetesForward, KubernetesRequest } from './bodies/kubernetes-bodies.ts'
import { PivotNamed } from './bodies/pivot-bodies.ts'
import { GatewayHeartbeat, RecordingGap, RecordingViewed } from './bodies/recording-bodies.ts'
import { RunExpired, RunRevoked, RunStarted } from './bodies/run-bodies.ts'
import { AccessDecided, SessionEnded, SessionStarted } from './bodies/session-bodies.ts'
import { SqlNotice, SqlResult, SqlStatement } from './bodies/sql-bodies.ts'
import {
  FileOperation,
  FileTransfer,
  SshAgent,
  SshEnv,
  SshExec,
  SshExit,
  SshForward,
  SshSignal,
  SshSubsystem,
} from './bodies/ssh-bodies.ts'
import { TerminalInput, TerminalMarker, TerminalOutput, TerminalResize } from './bodies/terminal-bodies.ts'
import { ToolCall, ToolResult } from './bodies/tool-bodies.ts'

export { Grant, HttpScope, KubernetesScope } from './bodies/grant.ts'
export { HttpBody } from './bodies/http-bodies.ts'
export { MAX_PIVOT_COMMAND, MAX_PIVOTS, PivotRelation } from './bodies/pivot-bodies.ts'
export { AgentRef } from './bodies/run-bodies.ts'
export { DenyReason } from './bodies/session-bodies.ts'
export { BindValue, SqlColumn, SqlError, TransactionState } from './bodies/sql-bodies.ts'
export { Pty } from './bodies/ssh-bodies.ts'

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
  'http.request': HttpRequest,
  'http.response': HttpResponse,
  'http.message': HttpMessage,
  'http.ended': HttpEnded,
  'kubernetes.request': KubernetesRequest,
  'kubernetes.exec': KubernetesExec,
  'kubernetes.exit': KubernetesExit,
  'kubernetes.forward': KubernetesForward,
  'tool.call': ToolCall,
  'tool.result': ToolResult,
  'pivot.named': PivotNamed,
  'recording.gap': RecordingGap,
  'recording.viewed': RecordingViewed,
  'gateway.heartbeat': GatewayHeartbeat,
} as const

export type EventType = keyof typeof bodies
export type EventBody<T extends EventType> = z.infer<(typeof bodies)[T]>
