import { expect, it } from 'vitest'
import { tablesOf } from './tables.ts'

it.each<[string, string[]]>([
  ['SELECT abalance FROM pgbench_accounts WHERE aid = $1', ['pgbench_accounts']],
  ['select * from a, b as x, (select 1 from c) y, d left join "E ""q""" on a.x = d.x, f where g = 1', ['a', 'b', 'c', 'd', 'E "q"', 'f']],
  ['INSERT INTO public.t (a, b) SELECT 1 FROM s', ['public.t', 's']],
  ['UPDATE ONLY t SET a = (SELECT 1 FROM u)', ['t', 'u']],
  ['INSERT INTO t VALUES (1) ON CONFLICT DO UPDATE SET a = 1', ['t']],
  ['SELECT 1 FROM t FOR UPDATE OF t', ['t']],
  ['DELETE FROM t USING u WHERE t.a = u.a', ['t', 'u']],
  ['MERGE INTO t USING s ON t.a = s.a WHEN MATCHED THEN DELETE', ['t', 's']],
  ['TRUNCATE a, b', ['a', 'b']],
  ['DROP TABLE IF EXISTS a, b', ['a', 'b']],
  ['CREATE TABLE IF NOT EXISTS x.y (a int)', ['x.y']],
  ['COPY t (a) FROM STDIN', ['t']],
  ['COPY (SELECT 1 FROM t) TO STDOUT', ['t']],
  ['WITH c AS (SELECT 1 FROM t), d(n) AS MATERIALIZED (SELECT 1) SELECT * FROM c, d', ['t']],
  ['SELECT extract(year FROM ts), a IS DISTINCT FROM b FROM t', ['t']],
  ['SELECT * FROM generate_series(1, 2)', []],
  ["SELECT 'FROM x', $$ FROM y $$ -- FROM z", []],
  ['SELECT 1', []],
  ['SELECT * FROM', []],
])('of %s are %j', (text, tables) => {
  expect(tablesOf(text)).toEqual(tables)
})

it('is bounded in names, in their length, and in what it reads', () => {
  const many = `SELECT 1 FROM ${Array.from({ length: 500 }, (_, n) => `t${n}`).join(', ')}`
  expect(tablesOf(many)).toHaveLength(64)
  expect(tablesOf(`SELECT 1 FROM "${'x'.repeat(5000)}"`)[0]?.length).toBeLessThanOrEqual(200)
  expect(tablesOf('('.repeat(3_000_000))).toEqual([])
  expect(tablesOf('FROM a.'.repeat(100_000)).length).toBeLessThanOrEqual(64)
})
