/**
 * asciinema-player's own terminal emulator, outside of a browser: what a keyframe is checked against.
 * The ABI is that of asciinema-player 3.17.0 (wasm-bindgen, its glue is in dist/bundle/asciinema-player.js); another version
 * fails at `load` with the name of what it imports.
 */

/** Finds the emulator in the text of the player's bundle. Null when it is not there. */
export function emulatorIn(bundle: string): Uint8Array | null {
  // A WebAssembly module begins with `\0asm`, version 1.
  const [, base64] = /"(AGFzbQEAAAA[A-Za-z0-9+/=]+)"/.exec(bundle) ?? []
  return base64 === undefined ? null : Buffer.from(base64, 'base64')
}

// The types of lib.dom, which a library for servers does not load, in the little that is used of them.
type Module = { readonly module: unique symbol }
const { WebAssembly } = globalThis as unknown as {
  WebAssembly: {
    compile(bytes: Uint8Array): Promise<Module>
    Module: { imports(module: Module): { name: string }[] }
    Instance: new (module: Module, imports: object) => { exports: unknown }
  }
}

type Exports = {
  memory: { buffer: ArrayBuffer }
  create(cols: number, rows: number, scrollback: number, boldIsBright: number): number
  vt_feed(vt: number, text: number, length: number): number
  vt_resize(vt: number, cols: number, rows: number): number
  vt_getLine(vt: number, row: number, isCursorOn: number): number
  vt_getCursor(vt: number): number
  vt_getSize(out: number, vt: number): void
  __wbg_vt_free(vt: number, zero: number): void
  __wbindgen_export(bytes: number, align: number): number
  __wbindgen_export3(pointer: number, bytes: number, align: number): void
  __wbindgen_add_to_stack_pointer(bytes: number): number
}

/** References below this one are wasm-bindgen's own: its last four are undefined, null, true and false. */
const CONSTANTS = 132
/** Lines of scrollback in the player: they come back when a terminal grows. */
const SCROLLBACK = 100

export class PlayerEmulator {
  private readonly objects: unknown[] = [...new Array(CONSTANTS - 4), undefined, null, true, false]
  private readonly free: number[] = []
  private readonly wasm: Exports

  private constructor(module: Module) {
    const known = this.imports()
    const missing = WebAssembly.Module.imports(module).find(({ name }) => !(name in known))
    if (missing) throw new TypeError(`Not the emulator of asciinema-player 3.17.0: it imports ${missing.name}`)
    this.wasm = new WebAssembly.Instance(module, { wbg: known }).exports as unknown as Exports
  }

  /** @throws TypeError for another version's module, WebAssembly.CompileError for what is no module */
  static async load(emulator: Uint8Array): Promise<PlayerEmulator> {
    return new PlayerEmulator(await WebAssembly.compile(new Uint8Array(emulator)))
  }

  terminal(cols: number, rows: number): PlayerTerminal {
    return new PlayerTerminal(this, this.wasm, this.wasm.create(cols, rows, SCROLLBACK, 0))
  }

  /** Takes an object out of the table that the module refers to by number. */
  take(reference: number): unknown {
    const object = this.objects[reference]
    if (reference < CONSTANTS) return object
    this.objects[reference] = undefined
    this.free.push(reference)
    return object
  }

  /** Copies text into the module, which frees it itself. */
  give(text: string): [pointer: number, length: number] {
    const bytes = Buffer.from(text, 'utf8')
    const pointer = this.wasm.__wbindgen_export(bytes.length, 1) >>> 0
    new Uint8Array(this.wasm.memory.buffer).set(bytes, pointer)
    return [pointer, bytes.length]
  }

  private put(object: unknown): number {
    const reference = this.free.pop() ?? this.objects.length
    this.objects[reference] = object
    return reference
  }

  private text(pointer: number, length: number): string {
    return Buffer.from(this.wasm.memory.buffer, pointer >>> 0, length).toString('utf8')
  }

  private imports(): Record<string, (...args: never[]) => unknown> {
    return {
      __wbg_new_13317ed16189158e: () => this.put([]),
      __wbg_new_4ceb6a766bf78b04: () => this.put({}),
      __wbg_set_8b6a9a61e98a8881: (array: number, index: number, value: number) => {
        ;(this.objects[array] as unknown[])[index >>> 0] = this.take(value)
      },
      __wbg_set_3f1d0b984ed272ed: (object: number, key: number, value: number) => {
        ;(this.objects[object] as Record<string, unknown>)[String(this.take(key))] = this.take(value)
      },
      __wbindgen_object_drop_ref: (reference: number) => void this.take(reference),
      __wbindgen_object_clone_ref: (reference: number) => this.put(this.objects[reference]),
      __wbg___wbindgen_throw_dd24417ed36fc46e: (pointer: number, length: number) => {
        throw new Error(this.text(pointer, length))
      },
      __wbindgen_cast_d6cd19b81560fd6e: (value: number) => this.put(value),
      __wbindgen_cast_4625c577ab2ec9ee: (value: bigint) => this.put(BigInt.asUintN(64, value)),
      __wbindgen_cast_2241b6af4c4b2941: (pointer: number, length: number) => this.put(this.text(pointer, length)),
    }
  }
}

export class PlayerTerminal {
  constructor(
    private readonly emulator: PlayerEmulator,
    private readonly wasm: Exports,
    private readonly vt: number,
  ) {}

  feed(text: string): void {
    this.emulator.take(this.wasm.vt_feed(this.vt, ...this.emulator.give(text)))
  }

  resize(cols: number, rows: number): void {
    this.emulator.take(this.wasm.vt_resize(this.vt, cols, rows))
  }

  /** Frees the terminal; it must not be used any more. */
  dispose(): void {
    this.wasm.__wbg_vt_free(this.vt, 0)
  }

  /** Column and row from 0; null while the cursor is hidden. */
  cursor(): [column: number, row: number] | null {
    const cursor = this.emulator.take(this.wasm.vt_getCursor(this.vt)) as [number, number] | null | undefined
    return cursor ? [cursor[0], cursor[1]] : null
  }

  size(): [cols: number, rows: number] {
    const out = this.wasm.__wbindgen_add_to_stack_pointer(-16)
    try {
      this.wasm.vt_getSize(out, this.vt)
      const view = new DataView(this.wasm.memory.buffer)
      const [pointer, length] = [view.getUint32(out, true), view.getUint32(out + 4, true)]
      const size: [number, number] = [view.getUint32(pointer, true), view.getUint32(pointer + 4, true)]
      this.wasm.__wbindgen_export3(pointer, length * 4, 4)
      return size
    } finally {
      this.wasm.__wbindgen_add_to_stack_pointer(16)
    }
  }

  /** Everything that the player would draw, as text to compare: glyphs with their columns, colours and attributes, and the cursor. */
  picture(): string {
    const [cols, rows] = this.size()
    const lines = Array.from({ length: rows }, (_, row) => this.line(row))
    return `${cols}x${rows} cursor ${this.cursor()}\n${lines.join('\n')}`
  }

  /** The layouts are those that the player's renderer reads. */
  private line(row: number): string {
    const line = this.emulator.take(this.wasm.vt_getLine(this.vt, row, 0)) as Record<string, [number, number]>
    const memory = this.wasm.memory.buffer
    const spans = (name: string, bytes: number, read: (view: DataView) => string) => {
      const [pointer, count] = line[name] ?? [0, 0]
      return Array.from({ length: count }, (_, index) => read(new DataView(memory, pointer + index * bytes, bytes))).join(' ')
    }
    const [codepoints] = line.codepoints ?? [0]
    const background = spans('bg', 8, (view) => `${view.getUint16(0, true)}+${view.getUint16(2, true)}${color(view, 4)}`)
    const raster = spans('raster_symbols', 12, (view) => `${view.getUint16(0, true)}:${view.getUint32(4, true)}${color(view, 8)}`)
    const vector = spans('vector_symbols', 16, (view) => {
      return `${view.getUint16(0, true)}:${view.getUint32(4, true)}${color(view, 8)}/${view.getUint8(12)}`
    })
    const text = spans('text', 12, (view) => {
      const glyphs = new Uint32Array(memory, codepoints + view.getUint16(2, true) * 4, view.getUint16(4, true))
      return `${view.getUint16(0, true)}:${JSON.stringify(String.fromCodePoint(...glyphs))}${color(view, 6)}/${view.getUint8(10)}`
    })
    return [background, raster, vector, text].join(' | ')
  }
}

function color(view: DataView, offset: number): string {
  const tag = view.getUint8(offset)
  if (tag < 3) return `#${tag}`
  if (tag === 3) return `#p${view.getUint8(offset + 1)}`
  return `#${[1, 2, 3].map((byte) => view.getUint8(offset + byte)).join('.')}`
}
