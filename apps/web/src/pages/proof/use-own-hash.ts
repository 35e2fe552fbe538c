import { useEffect, useState } from 'react'
import { sha256OfBytes } from '../../format/sha256.ts'

export type OwnHash = { kind: 'pending' } | { kind: 'hash'; hash: string } | { kind: 'impossible'; why: string }

/** SHA-256 of the UTF-8 bytes of a text, in lower-case hex, computed here and by nobody else. */
export async function sha256Hex(text: string): Promise<string> {
  return sha256OfBytes(new TextEncoder().encode(text))
}

/** The hash that this browser computes. Browsers offer it only to pages that came over HTTPS or from this machine. */
export function useOwnHash(content: string): OwnHash {
  const [own, setOwn] = useState<OwnHash>({ kind: 'pending' })
  useEffect(() => {
    let isCurrent = true
    const set = (value: OwnHash) => {
      if (isCurrent) setOwn(value)
    }
    if (globalThis.crypto?.subtle === undefined)
      set({ kind: 'impossible', why: 'This page came over plain HTTP, where browsers offer no SHA-256' })
    else
      sha256Hex(content).then(
        (hash) => set({ kind: 'hash', hash }),
        () => set({ kind: 'impossible', why: 'The browser refused to compute it' }),
      )
    return () => {
      isCurrent = false
    }
  }, [content])
  return own
}
