/** As runs are minted: 24 bytes in base64url. */
export const RUN_TOKEN = /hop_[A-Za-z0-9_-]{32}/g

/** The text with a star for each character of a run token: its length stays, so that places in it do. */
export function withoutRunTokens(text: string): string {
  return text.includes('hop_') ? text.replace(RUN_TOKEN, (token) => '*'.repeat(token.length)) : text
}
