import { describe, expect, it } from 'vitest'
import { RecordedSession } from '../testing/recorded-session.ts'
import { maskLetter } from './mask-letter.ts'

const typed = { channel: 0, data: { utf8: 'hunter\r' }, isEchoed: false }
const data = { base64: Buffer.concat([Buffer.from([0xff]), Buffer.from(' password: hunter ')]).toString('base64') }
const encoded = new RecordedSession().add('terminal.input', typed).add('terminal.output', { channel: 0, stream: 'stdout', data }).encoded

describe('a dead letter that has the form of an event', () => {
  it.each([0, 1])('is masked as one (%#)', (index) => {
    const letter = String(encoded[index]).replace(/"hash":"./, '"hash":"0')
    const { shown, masked } = maskLetter(Buffer.from(letter))
    expect(masked).toBeGreaterThan(0)
    const { body } = JSON.parse(String(shown)) as { body: { data: { utf8?: string; base64?: string } } }
    expect(`${body.data.utf8}${Buffer.from(body.data.base64 ?? '', 'base64').toString('latin1')}`).not.toContain('hunter')
  })
})

describe('any other dead letter', () => {
  it('is masked as bytes', () => {
    expect(String(maskLetter(Buffer.from('{"password": "hunter", \xff')).shown)).toContain('"password": "******"')
  })
})
