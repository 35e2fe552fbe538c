/** Names of columns and variables that say that what they hold is a secret. */
export const SECRET_NAME =
  /(?:pass(?:word|wd|phrase)?|pwd|secret|token|credential|(?:api|private|access|secret|signing)_?key)s?(?:_?(?:hash|value|text))?$/i

/** Headers whose values are credentials, whatever else they are called. */
const CREDENTIAL_HEADER = /^(?:(?:proxy_)?authorization|(?:set_)?cookie)$/i

/** Is the whole text such a name, and no sentence that ends in one? */
export function isSecretName(text: string): boolean {
  return text.length <= 128 && /^[\w.:/-]+$/.test(text) && SECRET_NAME.test(text)
}

/** The same for a key of JSON, a parameter of a query or a header, which join their words by other marks. */
export function isSecretKey(key: string): boolean {
  if (key.length > 128) return false
  const name = key.replaceAll(/[-.\s]/g, '_')
  return SECRET_NAME.test(name) || CREDENTIAL_HEADER.test(name)
}
