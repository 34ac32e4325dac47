const WAIT_MS = 10_000

type Received = Readonly<{ type: string; body: string; headers: Record<string, string> }>

/** The far end of a webhook, on loopback: takes everything, and keeps what came. */
export function startReceiving() {
  const received: Received[] = []
  const server = Bun.serve({
    hostname: '127.0.0.1',
    port: 0,
    async fetch(request) {
      const body = await request.text()
      const headers = Object.fromEntries(request.headers)
      received.push({ type: request.headers.get('x-honeyframe-event') ?? '', body, headers })
      return new Response('thanks')
    },
  })
  return {
    url: `http://127.0.0.1:${server.port}`,
    /** The first event of a type. */
    async arrived(type: string): Promise<Received> {
      const end = performance.now() + WAIT_MS
      for (;;) {
        const found = received.find((each) => each.type === type)
        if (found) return found
        if (performance.now() > end) throw new Error(`no ${type} among ${received.map((each) => each.type).join(', ')}`)
        await Bun.sleep(20)
      }
    },
    [Symbol.asyncDispose]: () => server.stop(true),
  }
}
