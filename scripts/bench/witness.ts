import type { Target } from './load.ts'

const PAUSE_MS = 100

/** Looks at whole answers while a server is under load; disposing it throws when one was not as expected. */
export function watchAnswers({ url, headers = {}, expected }: Target) {
  let seen = 0
  let isOver = false
  let fault: string | undefined

  async function look(): Promise<void> {
    while (!isOver && fault === undefined) {
      const answer = await fetch(url, { headers })
      const body = await answer.text()
      if (answer.status !== 200) fault = `status ${answer.status}`
      else if (expected !== undefined && body !== expected) fault = `another answer: ${body.slice(0, 300)}`
      seen += 1
      await Bun.sleep(PAUSE_MS)
    }
  }

  const looking = look()
  return {
    seen: () => seen,
    async [Symbol.asyncDispose]() {
      isOver = true
      await looking
      if (fault !== undefined) throw new Error(`${url} under load: ${fault}`)
    },
  }
}

/** The bytes of one whole answer on the wire, head and body. */
export async function answerBytes({ url, headers = {} }: Target): Promise<number> {
  const { hostname, port, host, pathname, search } = new URL(url)
  const lines = Object.entries({ host, ...headers }).map(([name, value]) => `${name}: ${value}\r\n`)
  const head = `GET ${pathname}${search} HTTP/1.1\r\n${lines.join('')}\r\n`
  const whole = Promise.withResolvers<number>()
  let text = ''
  const socket = await Bun.connect({
    hostname,
    port: Number(port),
    socket: {
      open: (own) => void own.write(head),
      data(_, chunk) {
        text += chunk.toString('latin1')
        const end = text.indexOf('\r\n\r\n') + 4
        const body = /\r\ncontent-length: *(\d+)\r\n/i.exec(text)?.[1]
        if (end > 4 && body !== undefined && text.length >= end + Number(body)) whole.resolve(end + Number(body))
      },
      close: () => whole.reject(new Error(`${url} closed the connection: ${text.slice(0, 300)}`)),
    },
  })
  try {
    return await whole.promise
  } finally {
    socket.end()
  }
}
