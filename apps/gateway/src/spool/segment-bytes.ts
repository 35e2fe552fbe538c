import { stat } from 'node:fs/promises'

/** Bytes of a segment; 0 once a reader has deleted it. @throws what the file system says otherwise */
export async function segmentBytes(path: string): Promise<number> {
  try {
    return (await stat(path)).size
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return 0
    throw error
  }
}
