/** Object identifiers of PostgreSQL's built-in types (`src/include/catalog/pg_type.dat`): the ones that answers mostly hold. */
const NAMES: readonly [number, string, number?][] = [
  [16, 'bool', 1000],
  [17, 'bytea', 1001],
  [18, 'char', 1002],
  [19, 'name', 1003],
  [20, 'int8', 1016],
  [21, 'int2', 1005],
  [23, 'int4', 1007],
  [24, 'regproc', 1008],
  [25, 'text', 1009],
  [26, 'oid', 1028],
  [27, 'tid', 1010],
  [28, 'xid', 1011],
  [29, 'cid', 1012],
  [114, 'json', 199],
  [142, 'xml', 143],
  [194, 'pg_node_tree'],
  [600, 'point', 1017],
  [650, 'cidr', 651],
  [700, 'float4', 1021],
  [701, 'float8', 1022],
  [705, 'unknown'],
  [790, 'money', 791],
  [829, 'macaddr', 1040],
  [869, 'inet', 1041],
  [1033, 'aclitem', 1034],
  [1042, 'bpchar', 1014],
  [1043, 'varchar', 1015],
  [1082, 'date', 1182],
  [1083, 'time', 1183],
  [1114, 'timestamp', 1115],
  [1184, 'timestamptz', 1185],
  [1186, 'interval', 1187],
  [1266, 'timetz', 1270],
  [1560, 'bit', 1561],
  [1562, 'varbit', 1563],
  [1700, 'numeric', 1231],
  [1790, 'refcursor', 2201],
  [2205, 'regclass', 2210],
  [2206, 'regtype', 2211],
  [2249, 'record', 2287],
  [2278, 'void'],
  [2950, 'uuid', 2951],
  [3220, 'pg_lsn', 3221],
  [3614, 'tsvector', 3643],
  [3802, 'jsonb', 3807],
  [3904, 'int4range', 3905],
]

const byOid = new Map<number, string>()
const elements = new Map<number, number>()
for (const [oid, name, array] of NAMES) {
  byOid.set(oid, name)
  if (array === undefined) continue
  byOid.set(array, `${name}[]`)
  elements.set(array, oid)
}

/** The type's name; `oid 16400` for one that is not built in. */
export function typeName(oid: number): string {
  return byOid.get(oid) ?? `oid ${oid}`
}

/** The element type of a built-in array type. */
export function elementOid(arrayOid: number): number | undefined {
  return elements.get(arrayOid)
}

// bool, int8, int2, int4, oid, float4, float8, date, time, timestamp, timestamptz, timetz, interval, numeric
const PLAIN = new Set([16, 20, 21, 23, 26, 28, 700, 701, 1082, 1083, 1114, 1184, 1266, 1186, 1700])

/** Can a value of this type hold no host, address or secret? Then it need not be scanned. */
export function isPlainType(oid: number): boolean {
  return PLAIN.has(oid)
}
