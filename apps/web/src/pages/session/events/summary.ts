import type { SessionEvent } from '@hoptrace/events'
import { formatDuration } from '../../../format/duration.ts'
import { formatBytes, plural } from '../../../format/quantity.ts'

type Bytes = { utf8: string } | { base64: string }
const textOf = (bytes: Bytes) => ('utf8' in bytes ? bytes.utf8 : `base64 ${bytes.base64}`)
const sizeOf = (bytes: Bytes) => ('utf8' in bytes ? new TextEncoder().encode(bytes.utf8).length : Math.floor((bytes.base64.length * 3) / 4))

/** One event in one line, as far as a line goes. What it quotes is recorded text: show it as such. */
export function summaryOf(event: SessionEvent): string {
  return gatewaySummary(event) ?? pivotSummary(event) ?? sqlSummary(event) ?? sshSummary(event) ?? requestSummary(event) ?? ''
}

function gatewaySummary(event: SessionEvent): string | null {
  switch (event.type) {
    case 'session.started':
      return [event.body.client, event.body.database, event.body.tls ? 'TLS' : 'no TLS'].filter(Boolean).join(' · ')
    case 'session.ended':
      return [event.body.reason, event.body.message].filter(Boolean).join(': ')
    case 'access.decided': {
      const { decision, reason, asked, method } = event.body
      const action = asked.action === undefined ? '' : `: ${asked.action}`
      return `${decision}${reason === null ? '' : ` (${reason})`} ${asked.account ?? ''}@${asked.target} over ${asked.protocol}, ${method}${action}`
    }
    case 'run.started':
      return `${event.body.principal}: ${event.body.task}`
    case 'run.revoked':
      return `by ${event.body.by}: ${event.body.reason}`
    case 'recording.gap':
      return `${event.body.reason}: ${event.body.message}`
    case 'recording.viewed':
      return `${event.body.viewer} saw ${event.body.resource} ${event.body.id} ${event.body.span}`
    case 'gateway.heartbeat':
      return plural(event.body.open.length, 'open session')
    default:
      return null
  }
}

function pivotSummary({ type, body }: SessionEvent): string | null {
  if (type !== 'pivot.named') return null
  const { host, port, account, object, on } = body
  const place = host ?? (object === null ? 'a host that is not told' : '')
  const address = `${account === null || place === '' ? '' : `${account}@`}${place}${port === null ? '' : `:${port}`}`
  const where = [address, object].filter(Boolean).join('/')
  return `${body.tool} ${body.relation} ${where}${on === null ? '' : ` from ${on}`} · named by seq ${body.event}`
}

function sqlSummary(event: SessionEvent): string | null {
  switch (event.type) {
    case 'sql.statement':
      return event.body.text
    case 'sql.result': {
      const { error, tag, durationUs, statement } = event.body
      return `${error === null ? (tag ?? 'no tag') : `${error.sqlstate} ${error.message}`} · ${formatDuration(durationUs)} · answers seq ${statement}`
    }
    case 'sql.notice': {
      const { kind, severity, message, data } = event.body
      return [kind, severity, message, data && textOf(data)].filter(Boolean).join(' ')
    }
    default:
      return null
  }
}

function sshSummary(event: SessionEvent): string | null {
  switch (event.type) {
    case 'terminal.output':
      return textOf(event.body.data)
    case 'terminal.input':
      return event.body.isEchoed ? textOf(event.body.data) : `${plural(sizeOf(event.body.data), 'byte')} typed while echo was off`
    case 'terminal.resize':
      return `${event.body.cols}×${event.body.rows}`
    case 'terminal.marker':
      return event.body.label
    case 'ssh.exec':
      return event.body.command ?? 'shell'
    case 'ssh.exit':
      return event.body.signal === null ? `status ${event.body.status ?? 'unknown'}` : `signal ${event.body.signal}`
    case 'ssh.subsystem':
      return `${event.body.name}${event.body.isAccepted ? '' : ' refused'}`
    case 'ssh.env':
      return `${event.body.name}=${event.body.value}${event.body.isAccepted ? '' : ' refused'}`
    case 'ssh.forward':
      return `${event.body.direction} ${event.body.phase} ${event.body.host}:${event.body.port}`
    case 'file.transfer':
      return `${event.body.direction} ${event.body.path} ${formatBytes(event.body.size)}`
    case 'file.operation':
      return `${event.body.operation} ${event.body.path}`
    default:
      return null
  }
}

function requestSummary(event: SessionEvent): string | null {
  switch (event.type) {
    case 'http.request':
      return `${event.body.method} ${event.body.host}${event.body.path}`
    case 'kubernetes.request':
      return event.body.resource === null ? `${event.body.method} ${event.body.path}` : `${event.body.verb} ${event.body.path}`
    case 'http.response': {
      const { status, refused, durationUs, request } = event.body
      const how = [status ?? 'no answer', refused === null ? '' : `by the gateway: ${refused}`].filter((part) => part !== '').join(' ')
      return `${how} · ${formatDuration(durationUs)} · answers seq ${request}`
    }
    case 'http.ended': {
      const { bytesToCaller, bytesToTarget, message, request } = event.body
      const sizes = `${formatBytes(bytesToTarget)} to the target, ${formatBytes(bytesToCaller)} to the caller`
      return `${sizes}${message === null ? '' : ` · ${message}`} · ends seq ${request}`
    }
    case 'http.message':
      return `${event.body.direction === 'toTarget' ? '→' : '←'} ${textOf(event.body.data)}`
    case 'tool.call':
      return `${event.body.name} ${event.body.arguments}`
    case 'tool.result':
      return `${event.body.isError ? 'failed: ' : ''}${event.body.result} · answers seq ${event.body.call}`
    default:
      return containerSummary(event)
  }
}

function containerSummary(event: SessionEvent): string | null {
  switch (event.type) {
    case 'kubernetes.exec':
      return `${event.body.kind} ${event.body.namespace}/${event.body.pod} ${event.body.command.join(' ')}`
    case 'kubernetes.exit':
      return [`exit ${event.body.exitCode ?? 'unknown'}`, event.body.message].filter(Boolean).join(' · ')
    case 'kubernetes.forward':
      return `${event.body.phase} ${event.body.namespace}/${event.body.pod} ${event.body.ports.join(', ')}`
    default:
      return null
  }
}
