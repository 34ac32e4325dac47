/**
 * A file that is written while it is read: the next piece is asked for when the client took the last one, so a slow client
 * costs no memory, and one that goes away ends the work.
 */
export function download(name: string, mediaType: string, pieces: AsyncGenerator<string>): Response {
  const encoder = new TextEncoder()
  const body = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const { done, value } = await pieces.next()
        if (done) controller.close()
        else controller.enqueue(encoder.encode(value))
      },
      async cancel() {
        await pieces.return(undefined)
      },
    },
    { highWaterMark: 0 },
  )
  const headers = { 'content-type': mediaType, 'content-disposition': `attachment; filename="${name}"` }
  return new Response(body, { headers })
}

/** A file that lies on disk, read as the client takes it. `name` is what a browser saves it under. */
export function sendFile(file: Readonly<{ path: string; name: string; bytes: number }>, mediaType: string): Response {
  const headers = {
    'content-type': mediaType,
    'content-length': String(file.bytes),
    'content-disposition': `attachment; filename="${file.name}"`,
  }
  return new Response(Bun.file(file.path).stream(), { headers })
}
