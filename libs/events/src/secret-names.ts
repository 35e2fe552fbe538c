const WORDS =
  '(?:pass(?:word|wd|phrase)?|pwd|secret|token|credentials?|(?:api|access|secret|private|account|shared|auth|signing|encryption)[_-]?key)'
const SECRET = new RegExp(`${WORDS}$`, 'i')
const ASSIGNED = new RegExp(`^([A-Za-z0-9_.-]*${WORDS})[=:].`, 'i')
// What pages through answers, or proves that a form is one's own, opens nothing elsewhere. Each agent carries it from answer to request.
const HARMLESS = /(?:page|next|continue|continuation|pagination|sync|csrf|xsrf|cancel|cancellation)[_-]?token$/i

/** Is what stands under this name a secret? `db_password`, `--api-key`, `access_token`. */
export function isSecretName(name: string): boolean {
  return SECRET.test(name) && !HARMLESS.test(name)
}

/** Where the value begins in a word like `PGPASSWORD=x` or `token:x`; -1 where the word is none. */
export function secretAssigned(word: string): number {
  const name = ASSIGNED.exec(word)?.[1]
  return name === undefined || HARMLESS.test(name) ? -1 : name.length + 1
}
