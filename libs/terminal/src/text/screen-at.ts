import { printable } from '@hoptrace/events'
import type { Recording } from '../recorded.ts'
import { Screen, type Size } from '../replay/screen.ts'
import { type StepOptions, Steps } from '../replay/steps.ts'

export type ScreenText = Size & { lines: string[] }

/** What stood on a channel's screen at a moment, as text, row by row. Plays from the first event to the last at that moment. */
export async function screenAt(recording: Recording, atUs: number, options: StepOptions = {}): Promise<ScreenText> {
  const steps = new Steps(options)
  let screen: Screen | null = null
  try {
    for await (const event of recording) {
      if (event.elapsedUs > atUs) break
      const step = steps.next(event)
      if (step.code === 'r') screen?.resize(step)
      if (step.code !== 'o') continue
      screen ??= new Screen(steps.state)
      screen.write(step.text)
    }
    screen?.settle()
    const { cols, rows } = steps.state
    return { cols, rows, lines: screen?.text().map(printable) ?? Array.from({ length: rows }, () => '') }
  } finally {
    screen?.dispose()
  }
}
