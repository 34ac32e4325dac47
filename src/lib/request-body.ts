import type { ClientRequest } from 'node:http'

/** A body whose length is known before its first byte: a file, say. */
export type StreamBody = Readonly<{ bytes: number; stream: AsyncIterable<Uint8Array> }>

export type RequestBody = string | Uint8Array | StreamBody | undefined

/** Whether it can be sent a second time. */
export function isWhole(body: RequestBody): body is string | Uint8Array | undefined {
  return body === undefined || typeof body === 'string' || body instanceof Uint8Array
}

export function lengthOf(body: RequestBody): number {
  if (body === undefined) return 0
  if (typeof body === 'string') return Buffer.byteLength(body)
  return body instanceof Uint8Array ? body.length : body.bytes
}

/** Sends a body and ends the request; what goes wrong on the way is the request's error. */
export function sendBody(request: ClientRequest, body: RequestBody): void {
  if (isWhole(body)) request.end(body)
  else writeStream(request, body).catch((error) => request.destroy(error))
}

async function writeStream(request: ClientRequest, { stream, bytes }: StreamBody): Promise<void> {
  let written = 0
  for await (const chunk of stream) {
    written += chunk.length
    if (written > bytes) break
    if (request.destroyed) return
    if (!request.write(chunk)) await drained(request)
  }
  if (written !== bytes) throw new Error('The body is not as long as it was said to be.')
  request.end()
}

/** Resolves when there is room again, or nobody who reads any more. */
function drained(request: ClientRequest): Promise<void> {
  return new Promise((resolve) => {
    function end() {
      request.off('drain', end).off('close', end)
      resolve()
    }
    request.on('drain', end).on('close', end)
  })
}
