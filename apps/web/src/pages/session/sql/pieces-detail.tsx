import type { SessionDetail } from '@hoptrace/api'
import { Link } from '@tanstack/react-router'
import { readable } from '../../../format/bytes.ts'
import { formatBytes } from '../../../format/quantity.ts'
import { Recorded } from '../../../ui/recorded.tsx'
import { type PiecesItem, sizeOfPieces } from './text-pieces.ts'

/** What a long statement holds between its start and its tail. The statement itself, with both, comes after it. */
export function PiecesDetail({ session, pieces }: { session: SessionDetail; pieces: PiecesItem['pieces'] }) {
  return (
    <ol className="pieces" aria-label="Pieces of a long text">
      {pieces.map((piece) => (
        <li key={piece.seq} className="piece">
          <p className="row detail-line">
            <Link to="/sessions/$sessionId/events/$seq" params={{ sessionId: session.id, seq: String(piece.seq) }}>
              seq {piece.seq}
            </Link>
            <span className="faint">{formatBytes(sizeOfPieces([piece]))}</span>
          </p>
          <pre className="statement-text">
            <Recorded text={readable(piece.data ?? { utf8: '' })} isBlock limit={600} />
          </pre>
        </li>
      ))}
    </ol>
  )
}
