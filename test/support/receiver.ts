/** An HTTP server on loopback that takes everything and remembers who came: the far end of a request. */
export function startReceiver() {
  const requests: { method: string; path: string }[] = []
  const server = Bun.serve({
    hostname: '127.0.0.1',
    port: 0,
    fetch(request) {
      const { pathname, search } = new URL(request.url)
      requests.push({ method: request.method, path: pathname + search })
      return new Response('', { headers: { 'access-control-allow-origin': '*' } })
    },
  })
  return {
    url: `http://127.0.0.1:${server.port}`,
    requests,
    [Symbol.asyncDispose]: () => server.stop(true),
  }
}
