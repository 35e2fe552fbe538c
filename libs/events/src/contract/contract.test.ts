import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import asyncApiSpecs from '@asyncapi/specs'
import { Ajv } from 'ajv'
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import formats from 'ajv-formats'
import { beforeAll, describe, expect, it } from 'vitest'
import { contractDocuments, decodeEvent, topics } from '../index.ts'
import { sampleEvents } from './samples.test-support.ts'

const COMMITTED = fileURLToPath(new URL('../../contract', import.meta.url))
const documents = contractDocuments()
const schemaOf = (topic: string) => documents[`schemas/${topic}.json`] ?? {}
const eventOf = (encoded: Buffer | undefined): Record<string, unknown> => JSON.parse(String(encoded))

let isEvent: ValidateFunction
beforeAll(() => {
  const ajv = new Ajv2020({ allErrors: false })
  formats.default(ajv)
  isEvent = ajv.compile(schemaOf(topics.events))
})

describe('the contract that is committed', () => {
  it('is the one that the schemas give: run `npm run contract` after changing them', () => {
    const paths = readdirSync(COMMITTED, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.json'))
    const committed = Object.fromEntries(paths.map((path) => [path, JSON.parse(readFileSync(join(COMMITTED, path), 'utf8'))]))
    expect(committed).toEqual(JSON.parse(JSON.stringify(documents)))
  })

  it('is AsyncAPI 3 by its own schema, and has every topic', () => {
    // The specification brings the draft-07 schema along: the validator's own would be a second of that name.
    const ajv = new Ajv({ strict: false, meta: false, validateSchema: false })
    formats.default(ajv)
    const isAsyncApi = ajv.compile(asyncApiSpecs.schemas['3.0.0'])
    const document = documents['asyncapi.json'] as { channels: Record<string, { address: string }> }
    expect(isAsyncApi(document) || isAsyncApi.errors).toBe(true)
    expect(Object.values(document.channels).map(({ address }) => address)).toEqual(Object.values(topics))
  })

  it('names only schemas that stand beside it', () => {
    const named = JSON.stringify(documents['asyncapi.json']).matchAll(/"\$ref":"(schemas\/[^"]+)"/g)
    for (const [, path] of named) expect(Object.keys(documents)).toContain(path)
  })
})

describe('the schema of events', () => {
  it.each(sampleEvents().map((encoded) => [eventOf(encoded).type, encoded] as const))(
    'accepts %s, and so does the reader',
    (_, encoded) => {
      expect(isEvent(eventOf(encoded)) || isEvent.errors).toBe(true)
      expect(decodeEvent(encoded)).toMatchObject({ kind: 'event' })
    },
  )

  it.each([
    ['a member of tomorrow', { addedTomorrow: { deep: [1] } }],
    ['a type of tomorrow', { type: 'mongodb.query', body: { filter: {} } }],
    ['no observables', { observables: undefined }],
  ])('accepts an event with %s', (_, change) => {
    expect(isEvent(JSON.parse(JSON.stringify({ ...eventOf(sampleEvents()[0]), ...change }))) || isEvent.errors).toBe(true)
  })

  it.each([
    ['of another version', { v: 2 }],
    ['without a hash', { hash: undefined }],
    ['of a known type with another body', { body: { cols: 'wide' } }],
    ['with a seq that cannot be stored', { seq: 2 ** 32 }],
    ['with an id in upper case', { sessionId: '019AA0C0-0000-7000-8000-000000000001' }],
  ])('refuses an event %s, and so does the reader', (_, change) => {
    const json = JSON.parse(JSON.stringify({ ...eventOf(sampleEvents()[0]), ...change }))
    expect(isEvent(json)).toBe(false)
    expect(decodeEvent(Buffer.from(JSON.stringify(json)))).toMatchObject({ kind: 'rejected' })
  })
})
