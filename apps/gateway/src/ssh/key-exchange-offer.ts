import { UnknownSsh2Error } from './transport.ts'

type NameList = { array: string[] }
type Lists = { kex: NameList; serverHostKey: NameList; cs: { mac: NameList; compress: NameList } }
type Direction = { cipher: readonly string[]; mac: string[]; compress: string[]; lang: string[] }
type KexInit = {
  lists: Lists
  constructor: new (lists: { kex: string[]; serverHostKey: string[]; cs: Direction; sc: Direction }) => KexInit
}

/**
 * Offers one caller fewer ciphers than the server does. ssh2 has one offer for all callers; here the caller has named
 * its software, and the server's KEXINIT has not been sent yet.
 */
export function narrowCiphers(connection: object, ciphers: readonly string[]): void {
  const { _protocol: protocol } = connection as { _protocol?: { _offer?: KexInit } }
  const offer = protocol?._offer
  if (!protocol || !offer?.lists?.kex) throw new UnknownSsh2Error('ssh2 is not the version that this proxy was written for')
  const { kex, serverHostKey, cs } = offer.lists
  const direction = { cipher: ciphers, mac: cs.mac.array, compress: cs.compress.array, lang: [] }
  protocol._offer = new offer.constructor({ kex: kex.array, serverHostKey: serverHostKey.array, cs: direction, sc: direction })
}
