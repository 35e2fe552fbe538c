import { WireReader } from './wire-format.ts'

/** Packet types of SFTP version 3 (draft-ietf-secsh-filexfer-02, section 3). */
export const Sftp = {
  init: 1,
  version: 2,
  open: 3,
  close: 4,
  read: 5,
  write: 6,
  fsetstat: 10,
  status: 101,
  handle: 102,
  data: 103,
  extended: 200,
} as const

/** Status codes, section 7. */
export const SftpStatus = { ok: 0, endOfFile: 1 } as const

const ON_ONE_PATH: Readonly<Record<number, string>> = {
  7: 'lstat',
  9: 'setstat',
  11: 'opendir',
  13: 'remove',
  14: 'mkdir',
  15: 'rmdir',
  16: 'realpath',
  17: 'stat',
  19: 'readlink',
}
const ON_TWO_PATHS: Readonly<Record<number, string>> = { 18: 'rename', 20: 'symlink' }
const EXTENDED_ON_TWO_PATHS = new Set(['posix-rename@openssh.com', 'hardlink@openssh.com'])
const EXTENDED_ON_ONE_PATH = new Set(['statvfs@openssh.com', 'lsetstat@openssh.com', 'expand-path@openssh.com'])

export type SftpOperation = { operation: string; path: string; to: string | null }

/** An operation that names paths; null for a request that names none, such as a read. `reader` stands behind the request's id. */
export function readOperation(type: number, reader: WireReader): SftpOperation | null {
  const onOne = ON_ONE_PATH[type]
  if (onOne) return { operation: onOne, path: reader.text(), to: null }
  const onTwo = ON_TWO_PATHS[type]
  if (onTwo) return { operation: onTwo, path: reader.text(), to: reader.text() }
  return type === Sftp.extended ? readExtended(reader) : null
}

function readExtended(reader: WireReader): SftpOperation {
  const operation = reader.text()
  if (EXTENDED_ON_TWO_PATHS.has(operation)) return { operation, path: reader.text(), to: reader.text() }
  if (EXTENDED_ON_ONE_PATH.has(operation)) return { operation, path: reader.text(), to: null }
  return { operation, path: '', to: null }
}

/** Name of an open by its SSH_FXF_* flags: what the caller means to do with the file. */
export function openOperation(flags: number): string {
  const ways = [(flags & 1) !== 0 ? 'read' : '', (flags & 2) !== 0 ? 'write' : ''].filter(Boolean)
  return ['open', ...ways].join('-')
}
