export const TAR_BLOCK = 512
/** Eleven octal digits: what a ustar header says of a size. */
const MAX_OCTAL_SIZE = 8 ** 11 - 1
const MAX_NAME = 100
const MAX_PREFIX = 155

export type TarEntry = {
  /** Relative, with `/` between its parts; ASCII. At most 255 characters, as far as a slash parts them into 155 and 100. */
  path: string
  bytes: number
  /** Whole seconds since the epoch. */
  mtimeSeconds: number
}

/** Two blocks of zeros end an archive. */
export const TAR_END: Buffer = Buffer.alloc(2 * TAR_BLOCK)

/**
 * What stands before a file's bytes: a ustar header, and before it a pax record where the size does not fit into one
 * (POSIX.1-2017, pax, "ustar Interchange Format" and "pax Extended Header").
 * @throws RangeError for a path that a header cannot hold, or that leads out of the archive's folder
 */
export function tarHeader({ path, bytes, mtimeSeconds }: TarEntry): Buffer {
  checkPath(path)
  if (bytes <= MAX_OCTAL_SIZE) return header(path, bytes, mtimeSeconds, '0')
  const record = paxRecord('size', String(bytes))
  return Buffer.concat([
    header(`pax/${path.split('/').at(-1)}`, record.length, mtimeSeconds, 'x'),
    record,
    tarPadding(record.length),
    header(path, 0, mtimeSeconds, '0'),
  ])
}

/** Zeros up to the next block. */
export function tarPadding(bytes: number): Buffer {
  return Buffer.alloc((TAR_BLOCK - (bytes % TAR_BLOCK)) % TAR_BLOCK)
}

function header(path: string, bytes: number, mtimeSeconds: number, type: '0' | 'x'): Buffer {
  const { prefix, name } = split(path)
  const block = Buffer.alloc(TAR_BLOCK)
  block.write(name, 0, 'latin1')
  block.write('0000600\0', 100, 'latin1')
  // Owner and group: nobody's in particular, so that the same recordings give the same archive on every machine.
  block.write('0000000\0', 108, 'latin1')
  block.write('0000000\0', 116, 'latin1')
  block.write(`${bytes.toString(8).padStart(11, '0')}\0`, 124, 'latin1')
  block.write(`${mtimeSeconds.toString(8).padStart(11, '0')}\0`, 136, 'latin1')
  block.write(' '.repeat(8), 148, 'latin1')
  block.write(type, 156, 'latin1')
  block.write('ustar\x0000', 257, 'latin1')
  block.write(prefix, 345, 'latin1')
  const sum = block.reduce((all, byte) => all + byte, 0)
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1')
  return block
}

function split(path: string): { prefix: string; name: string } {
  if (path.length <= MAX_NAME) return { prefix: '', name: path }
  // The first slash behind which the rest fits.
  const slash = path.indexOf('/', path.length - MAX_NAME - 1)
  if (slash < 0 || slash > MAX_PREFIX) throw new RangeError('The path is too long for a tar header')
  return { prefix: path.slice(0, slash), name: path.slice(slash + 1) }
}

function checkPath(path: string): void {
  const isPlain = /^[\w.-]+(?:\/[\w.-]+)*$/.test(path) && !path.split('/').some((part) => part === '.' || part === '..')
  if (!isPlain) throw new RangeError('A path in an archive is made of plain names')
}

// `LENGTH key=value\n`, and the length counts itself.
function paxRecord(key: string, value: string): Buffer {
  const rest = ` ${key}=${value}\n`
  let length = rest.length + 1
  while (String(length).length + rest.length !== length) length = String(length).length + rest.length
  return Buffer.from(`${length}${rest}`, 'latin1')
}
