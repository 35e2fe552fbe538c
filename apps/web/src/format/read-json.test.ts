import { describe, expect, it } from 'vitest'
import { readJson } from './read-json.ts'

const string = (text: string, isCut = false) => ({ kind: 'string', text, isCut })
const other = (text: string) => ({ kind: 'other', text })

describe('JSON as it is shown', () => {
  it('keeps every digit and the order of its keys', () => {
    expect(readJson('{"b":12345678901234567890,"a":[1.50,true]}')).toEqual([
      {
        kind: 'object',
        isCut: false,
        entries: [
          { key: 'b', value: other('12345678901234567890') },
          { key: 'a', value: { kind: 'array', items: [other('1.50'), other('true')], isCut: false } },
        ],
      },
    ])
  })

  it.each([
    ['{"a":"hal', { kind: 'object', isCut: true, entries: [{ key: 'a', value: string('hal', true) }] }],
    ['{"a":1,"b', { kind: 'object', isCut: true, entries: [{ key: 'a', value: other('1') }] }],
    ['[1,', { kind: 'array', items: [other('1')], isCut: true }],
    ['{"a":', { kind: 'object', entries: [], isCut: true }],
  ])('is read as far as %s goes', (text, node) => {
    expect(readJson(text)).toEqual([node])
  })

  it('is read value by value where each has a line', () => {
    expect(readJson('{"type":"ADDED"}\n{"type":"GONE"}\n')).toHaveLength(2)
  })

  it('keeps what stands for a masked number', () => {
    expect(readJson('{"token":••••}')).toMatchObject([{ entries: [{ value: other('••••') }] }])
  })

  it.each(['plain text', '', '12', 'id,total\n1,2', '{a:1}', '{"a" 1}', '<html>', '['.repeat(100), `[${'1,'.repeat(30_000)}1]`])(
    'is not what %.20s is',
    (text) => {
      expect(readJson(text)).toBeNull()
    },
  )
})
