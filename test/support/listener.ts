import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo, Socket } from 'node:net'
import type { Certificate } from './certificates.ts'

export type Heard = Readonly<{ method: string; url: string; headers: IncomingMessage['headers']; body: Buffer }>

type Answer = (heard: Heard, response: ServerResponse) => unknown

/** An HTTP server at one address of loopback that counts connections, even of those who say nothing. */
export async function startListener(
  options: Readonly<{ host?: string; port?: number; certificate?: Certificate; answer?: Answer }> = {},
) {
  const { host = '127.0.0.1', port = 0, certificate, answer = (_, response) => response.end('ok') } = options
  const heard: Heard[] = []
  const sockets = new Set<Socket>()
  const counts = { connections: 0 }
  const listener: RequestListener = async (request, response) => {
    const body = await bodyOf(request)
    if (!body) return
    const { method = '', url = '', headers } = request
    const one = { method, url, headers, body }
    heard.push(one)
    await answer(one, response)
  }
  const server = certificate ? createTlsServer(certificate, listener) : createServer(listener)
  server.on('connection', (socket: Socket) => {
    counts.connections++
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, resolve)
  })
  return {
    port: portOf(server.address()),
    heard,
    counts,
    /** Closes what is open, as a server that restarts does. */
    hangUp: () => [...sockets].map((socket) => socket.destroy()),
    [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy()
      return new Promise<void>((resolve) => server.close(() => resolve()))
    },
  }
}

function portOf(address: AddressInfo | string | null): number {
  return typeof address === 'object' && address ? address.port : 0
}

/** Undefined when the caller broke off. */
async function bodyOf(request: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = []
  try {
    for await (const chunk of request) chunks.push(chunk)
    return Buffer.concat(chunks)
  } catch {
    return undefined
  }
}
