import 'asciinema-player'

declare module 'asciinema-player' {
  /** The segmented source of 3.17.0, which its own types leave out: `url` names the index. Not with `parser`, `encoding`, `idleTimeLimit`, `markers`. */
  interface UrlSource {
    format?: 'segmented'
  }
}
