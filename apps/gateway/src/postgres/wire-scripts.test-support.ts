import { int32, message } from './wire.ts'

/** A step of a raw conversation: what is sent in one write, and the answer that the next step waits for. */
export type WireStep = { send: Buffer; until: string }

const int16 = (value: number): Buffer => {
  const bytes = Buffer.alloc(2)
  bytes.writeInt16BE(value)
  return bytes
}
export type Value = string | Buffer | null
const valued = (value: Value): Buffer => {
  if (value === null) return int32(-1)
  const bytes = Buffer.from(value)
  return Buffer.concat([int32(bytes.length), bytes])
}

/** Messages that a driver sends. */
export const frontend = {
  query: (text: string) => message('Q', text),
  parse: (text: string, name = '', oids: number[] = []) => message('P', name, text, int16(oids.length), ...oids.map(int32)),
  bind: (
    values: Value[] = [],
    { portal = '', name = '', formats = [], results = [] }: { portal?: string; name?: string; formats?: number[]; results?: number[] } = {},
  ) =>
    message(
      'B',
      portal,
      name,
      ...[formats.length, ...formats, values.length].map(int16),
      ...values.map(valued),
      ...[results.length, ...results].map(int16),
    ),
  describe: (kind: 'S' | 'P', name = '') => message('D', Buffer.from(kind), name),
  execute: (portal = '', rows = 0) => message('E', portal, int32(rows)),
  close: (kind: 'S' | 'P', name = '') => message('C', Buffer.from(kind), name),
  sync: () => message('S'),
  flush: () => message('H'),
  copyData: (bytes: string | Buffer) => message('d', Buffer.from(bytes)),
  copyDone: () => message('c'),
  copyFail: (reason: string) => message('f', reason),
  functionCall: (oid: number, values: Buffer[]) =>
    message('F', int32(oid), int16(1), int16(1), int16(values.length), ...values.map(valued), int16(1)),
  terminate: () => message('X'),
}

const f = frontend
const step = (until: string, ...send: Buffer[]): WireStep => ({ send: Buffer.concat(send), until })

/** Conversations with a real server that between them use every message. Captured into fixtures/, and run through the gateway. */
export const wireScripts: Record<string, WireStep[]> = {
  simple: [
    step('Z', f.query("SELECT 1 AS one, NULL AS nothing, 'é' AS text; SELECT 2")),
    step('Z', f.query('BEGIN')),
    step('Z', f.query('SAVEPOINT a; SELECT 1/0; SELECT 3')),
    step('Z', f.query('ROLLBACK TO a')),
    step('Z', f.query("DO $$ BEGIN RAISE NOTICE 'from bastion.internal'; END $$")),
    step('Z', f.query('COMMIT')),
    step('Z', f.query(' ; ')),
    step('Z', f.query("LISTEN a; NOTIFY a, 'hello'")),
  ],
  extended: [
    step('Z', f.parse('SELECT $1::int + $2 AS sum, $3::text, $4::bytea', 's1'), f.describe('S', 's1'), f.sync()),
    step(
      'Z',
      f.bind([int32(7), int32(-3), 'ten', Buffer.from([0, 255])], { name: 's1', formats: [1, 1, 0, 1], results: [1] }),
      f.execute(),
      f.sync(),
    ),
    step('Z', f.bind(['7', null, 'a\nb', '\\x00'], { name: 's1' }), f.describe('P'), f.execute(), f.sync()),
    step(
      'Z',
      f.parse('SELECT generate_series(1, 5)'),
      f.bind([], { portal: 'p' }),
      f.execute('p', 2),
      f.execute('p', 2),
      f.execute('p', 0),
      f.sync(),
    ),
    step(
      'Z',
      f.close('S', 's1'),
      f.parse('INSERT INTO wire VALUES ($1)', 's1', [23]),
      f.bind(['1'], { name: 's1' }),
      f.execute(),
      f.sync(),
    ),
    step('Z', f.query('PREPARE byname(int) AS SELECT $1 + 1')),
    step('Z', f.bind(['41'], { name: 'byname' }), f.execute(), f.sync()),
    step('Z', f.query('DEALLOCATE byname')),
  ],
  pipeline: [
    step('ZZ', f.parse('SELECT 1'), f.bind(), f.execute(), f.sync(), f.parse('SELECT 2'), f.bind(), f.execute(), f.sync()),
    step('Z', ...['SELECT 3', 'SELECT 1/0', 'SELECT 4'].flatMap((text) => [f.parse(text), f.bind(), f.execute()]), f.sync()),
    step('Z', f.parse('SELEKT'), f.bind(), f.execute(), f.sync()),
    step('Z', f.parse('SELEKT'), f.sync()),
    step('E', f.parse('SELECT nothing FROM nowhere'), f.flush()),
    step('Z', f.bind(), f.execute(), f.sync()),
    step('Z', f.parse('SELECT 5', 'kept'), f.sync()),
    step('ZZ', f.parse('SELECT 6', 'kept'), f.sync(), f.bind([], { name: 'kept' }), f.execute(), f.sync()),
  ],
  copy: [
    step('G', f.query('COPY wire FROM STDIN; SELECT count(*) FROM wire')),
    step('Z', f.copyData('1\n2\n'), f.copyData('3\n'), f.copyDone()),
    step('G', f.query('COPY wire FROM STDIN')),
    step('Z', f.copyData('4\n'), f.copyFail('changed my mind')),
    step('G', f.query('COPY wire FROM STDIN')),
    step('Z', f.copyData('not a number\n'), f.copyDone()),
    step('Z', f.query('COPY (SELECT generate_series(1, 3)) TO STDOUT')),
    step('Z', f.parse('COPY wire FROM STDIN'), f.bind(), f.execute(), f.sync(), f.copyData('5\n'), f.copyDone(), f.sync()),
    step('Z', f.parse('COPY wire TO STDOUT (FORMAT binary)'), f.bind(), f.execute(), f.sync()),
    step('Z', f.query('SELECT 7')),
  ],
  // int4pl(40, 2): object id 177
  call: [step('Z', f.functionCall(177, [int32(40), int32(2)])), step('Z', f.functionCall(1, [])), step('', f.terminate())],
}
