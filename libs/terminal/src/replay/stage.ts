import { setImmediate as othersTurn } from 'node:timers/promises'
import { pieces } from '../utf8.ts'
import { type Keyframe, keyframeOf } from './keyframe.ts'
import type { PlayerEmulator, PlayerTerminal } from './player-terminal.ts'
import { DEFAULT_SIZE, Screen, type Size } from './screen.ts'
import { SequenceTracker } from './sequence-tracker.ts'
import type { Step } from './steps.ts'

/** Plays steps on a screen, and on the player's own emulator beside it when there is one. */
export class Stage {
  private readonly tracker = new SequenceTracker()
  private screen: Screen | null = null
  private reference: PlayerTerminal | null = null
  /** The size from which playing begins: the first that is named before any output. */
  private first: Size = DEFAULT_SIZE

  constructor(private readonly player: PlayerEmulator | null) {}

  get firstSize(): Size {
    return this.first
  }

  /** False inside of an escape sequence. */
  get isGround(): boolean {
    return this.tracker.isGround
  }

  /** @returns whether the step happens on the screen: the size to begin with is none that the player has to be told */
  async play(step: Step): Promise<boolean> {
    if (step.code === 'r') return this.resize(step)
    if (step.code !== 'o') return step.code !== 'none'
    const screen = this.opened()
    this.tracker.feed(step.text)
    for (const piece of pieces(step.text, screen.turnUnits)) {
      this.refer((reference) => reference.feed(piece))
      screen.write(piece)
      if (!screen.isDue) continue
      screen.settle()
      await othersTurn()
    }
    return true
  }

  /** `isExact`: the player's emulator would draw it as it draws everything from the start. True when there is none to ask. */
  keyframe(): { keyframe: Keyframe; isExact: boolean } {
    const screen = this.opened()
    screen.settle()
    const keyframe = keyframeOf(screen)
    return { keyframe, isExact: !screen.isLost && this.isSame(keyframe) }
  }

  /** The rows of the screen. */
  text(): string[] {
    const screen = this.opened()
    screen.settle()
    return screen.text()
  }

  dispose(): void {
    this.screen?.dispose()
    this.refer((reference) => reference.dispose())
  }

  private opened(): Screen {
    if (this.screen === null) {
      this.screen = new Screen(this.first)
      this.reference = this.player?.terminal(this.first.cols, this.first.rows) ?? null
    }
    return this.screen
  }

  private resize({ cols, rows }: Size): boolean {
    if (this.screen === null) {
      this.first = { cols, rows }
      return false
    }
    this.refer((reference) => reference.resize(cols, rows))
    this.screen.resize({ cols, rows })
    return true
  }

  private isSame({ cols, rows, init }: Keyframe): boolean {
    const { player } = this
    if (player === null) return true
    const isSame = this.refer((reference) => {
      const fresh = player.terminal(cols, rows)
      fresh.feed(init)
      const isSamePicture = fresh.picture() === reference.picture()
      fresh.dispose()
      return isSamePicture
    })
    return isSame ?? false
  }

  /** A recording that breaks the player's emulator can not be compared any more: none of its keyframes is exact from here on. */
  private refer<T>(use: (reference: PlayerTerminal) => T): T | null {
    if (this.reference === null) return null
    try {
      return use(this.reference)
    } catch {
      this.reference = null
      return null
    }
  }
}
