import type { Readable } from 'node:stream'
import { endOfTurn } from '#lib/turn.ts'

const PIECE_BYTES = 64 * 1024
const PIECES_WAITING_MAX = 16

/** The driver hands out every row by itself, which is too little for one step of whoever reads them. */
export async function* piecesOf(stream: Readable, onRows: (rows: number) => void): AsyncGenerator<Uint8Array> {
  const pieces: Uint8Array[][] = []
  let rows: Uint8Array[] = []
  let bytes = 0
  let wake = () => {}
  let end: { error?: Error } | undefined

  function handOver(): void {
    if (rows.length > 0) pieces.push(rows)
    rows = []
    bytes = 0
    wake()
  }

  function finish(how: { error?: Error }): void {
    end ??= how
    // The driver stops the connection when the stream is full, and starts it when more is asked for: after the end, by nobody.
    stream._read(0)
    handOver()
  }

  stream.on('data', (row: Uint8Array) => {
    rows.push(row)
    bytes += row.length
    if (bytes < PIECE_BYTES) return
    handOver()
    if (pieces.length >= PIECES_WAITING_MAX) stream.pause()
  })
  stream.on('end', () => finish({}))
  stream.on('error', (error) => finish({ error }))

  for (;;) {
    const piece = pieces.shift()
    if (piece) {
      onRows(piece.length)
      yield Buffer.concat(piece)
      await endOfTurn()
      if (pieces.length === 0) stream.resume()
    } else if (end) {
      if (end.error) throw end.error
      return
    } else {
      await new Promise<void>((resolve) => {
        wake = resolve
      })
    }
  }
}
