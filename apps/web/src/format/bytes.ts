import { bytesOfBase64 } from './hex-dump.ts'

/** Recorded bytes as they travel: as text where they are UTF-8, else in base64. */
export type Bytes = { utf8: string } | { base64: string }

/** @throws DOMException for what is no base64 */
export function bytesOf(bytes: Bytes): Uint8Array {
  return 'utf8' in bytes ? new TextEncoder().encode(bytes.utf8) : bytesOfBase64(bytes.base64)
}

/** How many bytes they are. */
export function sizeOf(bytes: Bytes): number {
  if ('utf8' in bytes) return new TextEncoder().encode(bytes.utf8).length
  const padding = bytes.base64.endsWith('==') ? 2 : bytes.base64.endsWith('=') ? 1 : 0
  return (bytes.base64.length / 4) * 3 - padding
}

/** As text for people: what is no UTF-8 is decoded as far as it is. */
export function readable(bytes: Bytes): string {
  return 'utf8' in bytes ? bytes.utf8 : new TextDecoder().decode(bytesOfBase64(bytes.base64))
}
