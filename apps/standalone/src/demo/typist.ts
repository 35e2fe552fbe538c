/** Types a command, and answers what the screen showed up to the next prompt. */
export type Typist = (command: string) => Promise<string>

/** The two ends of a terminal. */
export type Terminal = { onOutput(listener: (bytes: Buffer) => void): void; type(keys: string): void }

const PROMPT = /\$ (?:\u001b\[\?2004h)?$/
const BETWEEN_KEYS_MS = 22

/** Types commands key by key, as a person would see it done. */
export function typistOn(terminal: Terminal): Typist {
  let screen = ''
  let wake = () => {}
  terminal.onOutput((bytes) => {
    screen += bytes.toString('utf8')
    wake()
  })
  const prompt = () =>
    new Promise<void>((resolve) => {
      wake = () => PROMPT.test(stripColour(screen)) && resolve()
      wake()
    })
  return async (command) => {
    await prompt()
    screen = ''
    for (const key of command) {
      terminal.type(key)
      await pause(BETWEEN_KEYS_MS)
    }
    terminal.type('\r')
    await prompt()
    return stripColour(screen)
  }
}

function stripColour(text: string): string {
  return text.replace(/\u001b\[[0-9;]*m/g, '').replace(/\u001b\[\?2004[hl]/g, '')
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
