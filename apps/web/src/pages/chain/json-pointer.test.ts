import { describe, expect, it } from 'vitest'
import { atPointer, excerptOf } from './json-pointer.ts'

describe('a JSON pointer', () => {
  it('reads members, items and escaped names', () => {
    expect(atPointer({ sample: [['a', 'b']] }, '/sample/0/1')).toBe('b')
    expect(atPointer({ 'a/b': { '~': 1 } }, '/a~1b/~0')).toBe(1)
  })
  it('reads nothing that is not the event’s own', () => {
    expect(atPointer({}, '/constructor/name')).toBeUndefined()
    expect(atPointer([1], '/9')).toBeUndefined()
  })
})

describe('an excerpt', () => {
  it('marks a value that is known', () => {
    expect(excerptOf('ssh deploy@Bastion now', undefined, 'bastion')).toEqual({ before: 'ssh deploy@', value: 'Bastion', after: ' now' })
  })
  it('marks a secret up to the next white space or quote', () => {
    expect(excerptOf("PGPASSWORD='hunter2' psql", 12, null)).toEqual({ before: "PGPASSWORD='", value: 'hunter2', after: "' psql" })
  })
  it('is none when nothing says where', () => {
    expect(excerptOf('text', undefined, null)).toBeNull()
    expect(excerptOf('text', 99, null)).toBeNull()
  })
})
