import { type KnownEvent, textOf } from '@hoptrace/events'

/** Beyond this many UTF-16 units of one text nothing is looked for: an event holds at most 512 KiB. */
const MAX_TEXT = 512 * 1024

/** What the caller asked in an event, as text; never what was answered. */
export function askedTexts({ type, body }: KnownEvent): string[] {
  return textsOf({ type, body } as KnownEvent).map((text) => text.slice(0, MAX_TEXT))
}

function textsOf({ type, body }: KnownEvent): string[] {
  switch (type) {
    case 'sql.statement':
      return [body.text, body.tail ?? '', ...body.params.flatMap(({ value, encoding }) => (encoding === 'text' && value ? [value] : []))]
    case 'sql.notice':
      return body.data ? [textOf(body.data)] : []
    case 'ssh.exec':
      return body.command === null ? [] : [body.command]
    case 'ssh.forward':
      return [body.host]
    case 'terminal.input':
      return body.isEchoed ? [textOf(body.data)] : []
    case 'file.transfer':
      return [body.path]
    case 'file.operation':
      return [body.path, body.to ?? '']
    case 'http.request':
      return [body.host, body.path, bodyText(body.body)]
    case 'kubernetes.request':
      return [body.path, bodyText(body.body)]
    case 'kubernetes.exec':
      return [body.command.join(' ')]
    case 'tool.call':
      return [body.arguments]
    case 'pivot.named':
      return [body.host ?? '', body.command]
    default:
      return []
  }
}

function bodyText(body: { data?: Parameters<typeof textOf>[0] | undefined } | null): string {
  return body?.data ? textOf(body.data) : ''
}
