import ssh2, { type PublicKeyAuthContext } from 'ssh2'

/** Did the caller prove that it holds the key? False for the unsigned query, and for a signature that does not verify. */
export function isSignatureValid(context: PublicKeyAuthContext): boolean {
  const { blob, signature, hashAlgo, key } = context
  if (!blob || !signature) return false
  const parsed = ssh2.utils.parseKey(key.data)
  if (parsed instanceof Error || Array.isArray(parsed)) return false
  return parsed.type === key.algo && parsed.verify(blob, signature, hashAlgo) === true
}
