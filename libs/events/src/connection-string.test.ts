import { describe, expect, it } from 'vitest'
import { connectionParts } from './connection-string.ts'

const said = (text: string) => {
  const parts = connectionParts(text)
  return parts && [parts.account, parts.password, parts.host, parts.port, parts.database]
}

describe('connectionParts', () => {
  it.each<[string, unknown[] | null]>([
    ['host=db.internal port=5433 user=app dbname=orders password=hunter2', ['app', 'hunter2', 'db.internal', 5433, 'orders']],
    ["host = db  password='it''s'", [null, 'it', 'db', null, null]],
    ["password='a \\'b\\' c' host=db", [null, "a 'b' c", 'db', null, null]],
    ['hostaddr=10.0.0.7', [null, null, '10.0.0.7', null, null]],
    ['host=a,b port=1,2', [null, null, 'a', 1, null]],
    ['host=/var/run/postgresql user=app', ['app', null, null, null, null]],
    ['postgresql://app:hunter2@db.internal:5433/orders?sslmode=require', ['app', 'hunter2', 'db.internal', 5433, 'orders']],
    ['postgres://u%40x:p%2Fq@[fd00::1]/d', ['u@x', 'p/q', 'fd00::1', null, 'd']],
    ['postgresql:///orders?host=db&user=app', ['app', null, 'db', null, 'orders']],
    ['redis://:secret@cache:6380/2', [null, 'secret', 'cache', 6380, '2']],
    ['orders', null],
    ['select 1', null],
    ['', null],
    ['x'.repeat(5000), null],
  ])('%s', (text, parts) => expect(said(text)).toEqual(parts))
})
