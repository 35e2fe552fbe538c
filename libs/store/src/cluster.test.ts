import { describe, expect, it } from 'vitest'
import { clusterStatements } from './cluster.ts'

const cluster = { name: 'hop' }
const table = (rest: string) => `CREATE TABLE IF NOT EXISTS t\n(\n    a UInt32,\n    b String CODEC(ZSTD(3))\n)\n${rest}`

describe('a migration on a cluster', () => {
  it('makes a replicated table of each shard’s rows, and a distributed one of the table’s name', () => {
    expect(clusterStatements(table('ENGINE = MergeTree\nPARTITION BY a\nORDER BY (a, f(b, 1))\nSETTINGS x = 1'), cluster)).toEqual([
      `CREATE TABLE IF NOT EXISTS t_local ON CLUSTER 'hop'\n(\n    a UInt32,\n    b String CODEC(ZSTD(3))\n)\n` +
        `ENGINE = ReplicatedMergeTree('/clickhouse/tables/{shard}/{database}/{table}', '{replica}')\nPARTITION BY a\nORDER BY (a, f(b, 1))\nSETTINGS x = 1`,
      `CREATE TABLE IF NOT EXISTS t ON CLUSTER 'hop' AS t_local\nENGINE = Distributed('hop', currentDatabase(), t_local, cityHash64(a, f(b, 1)))`,
    ])
  })

  it('keeps what the engine was given', () => {
    const [local] = clusterStatements(table('ENGINE = ReplacingMergeTree(version)\nORDER BY a'), cluster)
    expect(local).toContain(`ReplicatedReplacingMergeTree('/clickhouse/tables/{shard}/{database}/{table}', '{replica}', version)`)
  })

  it('shards by session where the key has one, so that duplicates meet', () => {
    const [, distributed] = clusterStatements(table('ENGINE = MergeTree\nORDER BY (a, session_id, b)'), cluster)
    expect(distributed).toContain('t_local, cityHash64(session_id))')
  })

  it('shards without replicating where there is no Keeper', () => {
    const statements = clusterStatements(table('ENGINE = ReplacingMergeTree\nORDER BY a'), { name: 'hop', nodes: ['http://a:8123'] })
    expect(statements.join('\n')).not.toMatch(/Replicated|ON CLUSTER/)
    expect(statements[0]).toContain('ENGINE = ReplacingMergeTree\n')
  })

  it('lets a view read and write within its shard', () => {
    const view = '-- Why.\nCREATE MATERIALIZED VIEW IF NOT EXISTS v TO t AS\nSELECT s.a FROM s\nARRAY JOIN b GROUP BY a'
    expect(clusterStatements(view, cluster)).toEqual([
      `CREATE MATERIALIZED VIEW IF NOT EXISTS v ON CLUSTER 'hop' TO t_local AS\nSELECT s.a FROM s_local AS s\nARRAY JOIN b GROUP BY a`,
    ])
    expect(clusterStatements('ALTER TABLE v MODIFY QUERY\nSELECT a FROM s', cluster)).toEqual([
      `ALTER TABLE v ON CLUSTER 'hop' MODIFY QUERY\nSELECT a FROM s_local AS s`,
    ])
  })

  it('adds a column to both tables, and an index to the shard’s alone', () => {
    expect(clusterStatements('ALTER TABLE t ADD COLUMN IF NOT EXISTS c Decimal(9, 2)', cluster)).toEqual([
      `ALTER TABLE t_local ON CLUSTER 'hop' ADD COLUMN IF NOT EXISTS c Decimal(9, 2)`,
      `ALTER TABLE t ON CLUSTER 'hop' ADD COLUMN IF NOT EXISTS c Decimal(9, 2)`,
    ])
    expect(clusterStatements('ALTER TABLE t ADD INDEX IF NOT EXISTS i a TYPE minmax', cluster)).toEqual([
      `ALTER TABLE t_local ON CLUSTER 'hop' ADD INDEX IF NOT EXISTS i a TYPE minmax`,
    ])
  })

  it('copies rows within each shard', () => {
    const statement = 'INSERT INTO t\n(a, b)\nSELECT a, b\nFROM s\nSETTINGS max_partitions_per_insert_block = 0'
    expect(clusterStatements(statement, { name: 'hop', nodes: ['http://a:8123'] })).toEqual([
      'INSERT INTO t_local (a, b)\nSELECT a, b FROM s_local SETTINGS max_partitions_per_insert_block = 0',
    ])
    expect(clusterStatements(statement, cluster)).toEqual([
      'INSERT INTO t (a, b)\nSELECT a, b FROM s SETTINGS max_partitions_per_insert_block = 0, ' +
        'parallel_distributed_insert_select = 2, distributed_foreground_insert = 1',
    ])
  })

  it.each([
    'CREATE TABLE t (a UInt32) ENGINE = MergeTree ORDER BY a',
    table('ENGINE = Memory'),
    table('ENGINE = MergeTree\nPRIMARY KEY a'),
    'CREATE MATERIALIZED VIEW IF NOT EXISTS v TO t AS SELECT a FROM (SELECT a FROM s)',
    'CREATE MATERIALIZED VIEW IF NOT EXISTS v TO t AS SELECT a FROM s JOIN u USING a',
    'ALTER TABLE t ADD COLUMN c UInt8, ADD INDEX i c TYPE minmax',
    'ALTER TABLE t DELETE WHERE a = 1',
    'INSERT INTO t VALUES (1)',
    'INSERT INTO t (a) SELECT f(a) FROM s SETTINGS x = 1',
    'RENAME TABLE t TO u',
  ])('refuses what it would have to guess: %s', (statement) => {
    expect(() => clusterStatements(statement, cluster)).toThrow(expect.objectContaining({ code: 'UNCLEAR_MIGRATION' }))
  })
})
