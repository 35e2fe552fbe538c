/** True or null when a part is ready; else why not: a stable word, never a message that somebody else wrote. */
export type Check = () => Promise<Readied> | Readied
type Readied = string | true | null
export type Checks = Readonly<Record<string, Check>>

export type Readiness = { ready: boolean; checks: Record<string, string> }

const CODE = /^[A-Za-z][A-Za-z0-9_-]{0,63}$/

/** Asks every check at once. One that does not answer within the bound, or throws, is not ready. */
export async function readinessOf(checks: Checks, withinMs: number): Promise<Readiness> {
  const answers = await Promise.all(Object.entries(checks).map(async ([name, check]) => [name, await answerOf(check, withinMs)] as const))
  const said = Object.fromEntries(answers.map(([name, reason]) => [name, reason ?? 'ok']))
  return { ready: answers.every(([, reason]) => reason === null), checks: said }
}

async function answerOf(check: Check, withinMs: number): Promise<string | null> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<string>((resolve) => {
    timer = setTimeout(() => resolve('no-answer'), withinMs)
  })
  try {
    const answer = await Promise.race([check(), late])
    return answer === true ? null : answer
  } catch (error) {
    return codeOf(error) ?? 'failed'
  } finally {
    clearTimeout(timer)
  }
}

/** The stable code of an error; null when it has none that looks like one. */
export function codeOf(error: unknown): string | null {
  const code = error instanceof Error && 'code' in error ? error.code : null
  return typeof code === 'string' && CODE.test(code) ? code : null
}
