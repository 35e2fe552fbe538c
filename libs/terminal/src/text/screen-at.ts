import { printable } from '@hoptrace/events'
import type { Recording } from '../recorded.ts'
import type { Size } from '../replay/screen.ts'
import { Stage } from '../replay/stage.ts'
import { type StepOptions, Steps } from '../replay/steps.ts'

export type ScreenText = Size & { lines: string[] }

/** What stood on a channel's screen at a moment, as text, row by row. Plays from the first event to the last at that moment. */
export async function screenAt(recording: Recording, atUs: number, options: StepOptions = {}): Promise<ScreenText> {
  const steps = new Steps(options)
  const stage = new Stage(null)
  try {
    for await (const event of recording) {
      if (event.elapsedUs > atUs) break
      await stage.play(steps.next(event))
    }
    const { cols, rows } = steps.state
    return { cols, rows, lines: stage.text().map(printable) }
  } finally {
    stage.dispose()
  }
}
