import type { IncomingMessage } from 'node:http'
import { AppError } from '#core/errors.ts'
import type { EgressResponse } from './safe-fetch.ts'
import { failedTransport } from './transport-failure.ts'

/** Takes a body piece by piece; the next piece is read when it resolves. */
export type Sink = (chunk: Uint8Array) => Promise<void> | void

type Reading = Readonly<{ bytesMax: number; sink: Sink | undefined; signal: AbortSignal }>

/** What a sink threw: its own affair, and not the transport's. */
export class SinkFailure extends Error {}

/** Reads an answer to its end or its limit. Text is cut there; a sink's body is refused, for half of it is worth nothing. */
export async function readResponse(response: IncomingMessage, reading: Reading): Promise<EgressResponse> {
  const { bytesMax, signal } = reading
  const status = response.statusCode ?? 0
  const sink = status >= 200 && status < 300 ? reading.sink : undefined
  const kept: Uint8Array[] = []
  let bytes = 0
  for await (const chunk of response) {
    const piece: Uint8Array = chunk
    const room = bytesMax - bytes
    bytes += piece.length
    if (sink && bytes > bytesMax) throw tooLarge(response, bytesMax)
    if (sink) await pour(sink, piece, response)
    else kept.push(piece.subarray(0, room))
    if (bytes > bytesMax) break
  }
  signal.throwIfAborted()
  const isCut = bytes > bytesMax
  if (isCut) response.destroy()
  else if (!response.complete) throw failedTransport('The answer ended in the middle.', 'ECONNRESET')
  return { status, headers: headersOf(response), text: Buffer.concat(kept).toString('utf8'), isCut }
}

async function pour(sink: Sink, piece: Uint8Array, response: IncomingMessage): Promise<void> {
  try {
    await sink(piece)
  } catch (cause) {
    response.destroy()
    throw new SinkFailure('the sink failed', { cause })
  }
}

function tooLarge(response: IncomingMessage, bytesMax: number): AppError {
  response.destroy()
  return new AppError('upstream', 'response_too_large', `The answer is longer than ${bytesMax} bytes.`)
}

function headersOf({ headers }: IncomingMessage): Record<string, string> {
  const entries = Object.entries(headers).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]]))
  return Object.fromEntries(entries.map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : value]))
}
