import type { Terminal } from '@xterm/headless'

/**
 * What a keyframe needs of @xterm/headless 6.0.0 and its public API does not give. The version is pinned, and the tests that
 * compare keyframes with the player's emulator fail when one of these names is gone.
 */
export type Attributes = { fg: number; bg: number; clone(): Attributes }

export type InternalBuffer = {
  x: number
  y: number
  ybase: number
  savedX: number
  savedY: number
  savedCurAttrData: Attributes
  scrollTop: number
  scrollBottom: number
  tabs: Record<number, boolean | undefined>
  lines: { splice(start: number, deleted: number, ...lines: unknown[]): void }
  getBlankLine(pen: Attributes): unknown
}

/** Characters that stand in the place of others; undefined is ASCII. */
export type Charset = Record<string, string> | undefined

export type Internals = {
  buffers: { normal: InternalBuffer; alt: InternalBuffer; active: InternalBuffer }
  core: {
    isCursorHidden: boolean
    modes: { insertMode: boolean }
    decPrivateModes: { applicationCursorKeys: boolean; origin: boolean; wraparound: boolean; bracketedPasteMode: boolean }
  }
  charsets: { glevel: number; charset: Charset; _charsets: Charset[]; setgCharset(level: number, charset: Charset): void }
  input: {
    _curAttrData: Attributes
    _parser: { reset(): void; setExecuteHandler(control: string, handler: () => boolean): void }
    _setCursor(column: number, row: number): void
    print(codepoints: Uint32Array, from: number, to: number): void
    reverseIndex(): boolean
    tab(): boolean
    scrollUp(params: { params: number[] }): boolean
    insertLines(params: { params: number[] }): boolean
    deleteLines(params: { params: number[] }): boolean
    screenAlignmentPattern(): boolean
    /** Synchronous: nothing that this project registers answers later. */
    parse(text: string): void
    eraseInDisplay(params: { params: number[] }): boolean
    _eraseAttrData(): Attributes
    saveCursor(): boolean
    restoreCursor(): boolean
  }
}

type Core = {
  _bufferService: { buffers: Internals['buffers'] }
  coreService: Internals['core']
  _charsetService: Internals['charsets']
  _inputHandler: Internals['input']
}

export function internalsOf(terminal: Terminal): Internals {
  const { _core: core } = terminal as unknown as { _core: Core }
  return {
    get buffers() {
      return core._bufferService.buffers
    },
    core: core.coreService,
    charsets: core._charsetService,
    input: core._inputHandler,
  }
}
