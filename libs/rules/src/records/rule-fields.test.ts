import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { ACTS } from '../facts/facts.ts'
import { aChain, aHop, anAccess } from '../testing.ts'
import { anEventOf } from '../testing-events.ts'
import { BOUNDARIES } from './boundaries.ts'
import { recordsOfChain } from './chain-records.ts'
import { recordsOfEvent } from './event-records.ts'
import { ruleFields } from './rule-fields.ts'

const page = readFileSync(new URL('../../FIELDS.md', import.meta.url), 'utf8')
const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null && !Array.isArray(value)

function pathsOf(fields: object, prefix = ''): string[] {
  return Object.entries(fields).flatMap(([name, value]) => {
    if (prefix === '' && name === 'body') return ['body.*']
    return isObject(value) ? pathsOf(value, `${prefix}${name}.`) : [`${prefix}${name}`]
  })
}

const [from, to] = [anAccess({ id: 'a' }), anAccess({ id: 'b', second: 60 })]
const chain = recordsOfChain(aChain([from, to], [aHop(from, to)]))
const event = recordsOfEvent(anEventOf('ssh.exec', { channel: 0, command: 'id', pty: null }))
const namesOf = (category: keyof typeof ruleFields) => ruleFields[category].map(({ name }) => name).sort()

describe('the fields of records', () => {
  it('are all told, and no others', () => {
    expect(pathsOf(chain[0]?.fields ?? {}).sort()).toEqual(namesOf('hop'))
    expect(pathsOf(chain[1]?.fields ?? {}).sort()).toEqual(namesOf('hop_chain'))
    expect(pathsOf(event[0]?.fields ?? {}).sort()).toEqual(namesOf('event'))
  })

  it('stand in the page for those who write rules', () => {
    const missing = Object.values(ruleFields)
      .flat()
      .filter(({ name }) => !name.startsWith('from.') && !name.startsWith('to.'))
      .filter(({ name, meaning }) => !page.includes(`| \`${name}\` | ${meaning} |`))
    expect(missing).toEqual([])
    const access = ruleFields.hop.filter(({ name }) => name.startsWith('to.'))
    expect(access.filter(({ name, meaning }) => !page.includes(`| \`${name.slice(3)}\` | ${meaning} |`))).toEqual([])
  })

  it('with every act and every boundary', () => {
    expect([...ACTS, ...BOUNDARIES].filter((word) => !page.includes(`- \`${word}\``))).toEqual([])
  })
})
