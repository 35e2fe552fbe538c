import { Option } from 'commander'

/** Secrets are masked unless they are asked for, which the access log keeps. */
export function revealOption(): Option {
  return new Option('--reveal', 'with secrets as they were recorded; needs the right reveal, and the access log says so').preset('1')
}
