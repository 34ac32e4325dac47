import { expect, test } from 'bun:test'
import type { Socket } from 'node:net'
import { connectVetted } from '#lib/vetted-connection.ts'
import type { VettedAddress, VettedHost } from '#lib/vetted-host.ts'
import { startListener } from '#test/support/listener.ts'

const HERE: VettedAddress = { address: '127.0.0.1', family: 4 }
const CLOSED: VettedAddress = { address: '127.0.0.3', family: 4 }

function hostAt(...addresses: readonly VettedAddress[]): VettedHost {
  const [first = HERE] = addresses
  return { ...first, name: 'mail.acme.test', serverName: 'mail.acme.test', addresses }
}

function connect(host: VettedHost, port: number, signal = new AbortController().signal): Promise<Socket> {
  return connectVetted(host, port, { timeoutMs: 2_000, signal })
}

test('the first address that takes the connection gets it', async () => {
  await using peer = await startListener()
  const socket = await connect(hostAt(CLOSED, HERE), peer.port)
  expect(socket.remoteAddress).toBe('127.0.0.1')
  socket.destroy()
})

test('where nobody takes it the failure has words and no address', async () => {
  await using peer = await startListener({ host: '127.0.0.2' })
  const failing = connect(hostAt(HERE, CLOSED), peer.port)
  await expect(failing).rejects.toMatchObject({ kind: 'upstream', code: 'transport_failed' })
  await expect(failing).rejects.not.toMatchObject({ message: expect.stringContaining('127.0.0') })
  expect(peer.counts.connections).toBe(0)
})

test('what was given up before is never opened', async () => {
  await using peer = await startListener()
  const controller = new AbortController()
  controller.abort(new Error('given up'))
  await expect(connect(hostAt(HERE), peer.port, controller.signal)).rejects.toThrow('given up')
  expect(peer.counts.connections).toBe(0)
})
