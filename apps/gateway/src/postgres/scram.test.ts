import { expect, it } from 'vitest'
import { md5Password, ScramClient, ScramError } from './scram.ts'

const serverFirst = 'r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096'

// RFC 7677, section 3.
it('answers as the exchange in RFC 7677 does, and believes only a server that knows the password', async () => {
  const client = new ScramClient('pencil', 'rOprNGfwEbeRWgbNEkqO', 'user')
  expect(client.first).toBe('n,,n=user,r=rOprNGfwEbeRWgbNEkqO')
  expect(await client.final(serverFirst)).toBe(
    'c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=',
  )
  expect(() => client.verify('v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=')).not.toThrow()
  expect(() => client.verify('v=AAAATRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=')).toThrow(ScramError)
  expect(() => client.verify('e=other-error')).toThrow(ScramError)
})

it.each([
  ['another nonce', 'r=other,s=W22Z,i=4096'],
  ['no more than the own nonce', 'r=rOprNGfwEbeRWgbNEkqO,s=W22Z,i=4096'],
  ['no salt', 'r=rOprNGfwEbeRWgbNEkqOx,i=4096'],
  ['no rounds', 'r=rOprNGfwEbeRWgbNEkqOx,s=W22Z,i=0'],
  ['a billion rounds', 'r=rOprNGfwEbeRWgbNEkqOx,s=W22Z,i=1000000000'],
  ['nonsense', '\0\0'],
])('refuses a server that sends %s', async (_, first) => {
  await expect(new ScramClient('pencil', 'rOprNGfwEbeRWgbNEkqO').final(first)).rejects.toThrow(ScramError)
})

it('renders md5 passwords as PostgreSQL stores and salts them', () => {
  expect(md5Password('app', 'secret', Buffer.from([1, 2, 3, 4]))).toMatch(/^md5[0-9a-f]{32}$/)
  expect(md5Password('app', 'secret', Buffer.from([1, 2, 3, 4]))).not.toBe(md5Password('app', 'secret', Buffer.from([1, 2, 3, 5])))
})
