import { ADMIN, type Node } from './nodes.ts'

/** A node, or nginx before both. */
export type Door = Pick<Node, 'fetch'>

export async function call(door: Door, method: string, path: string, jwt?: string, body?: unknown) {
  const headers = { 'content-type': 'application/json', ...(jwt !== undefined && { authorization: `Bearer ${jwt}` }) }
  const response = await door.fetch(path, {
    method,
    headers,
    ...(body !== undefined && { body: JSON.stringify(body) }),
  })
  const text = await response.text()
  return { status: response.status, body: text === '' ? {} : JSON.parse(text) }
}

export async function signIn(door: Door, who = ADMIN): Promise<string> {
  const { body } = await call(door, 'POST', '/api/auth/login', undefined, who)
  return String(body.access_token)
}

export async function until(isDone: () => boolean | Promise<boolean>, what: string, withinMs = 60_000): Promise<void> {
  const end = performance.now() + withinMs
  while (!(await isDone())) {
    if (performance.now() > end) throw new Error(`${what} did not come within ${withinMs} ms`)
    await Bun.sleep(20)
  }
}

/** Waits until a request that goes to nginx comes out at this node. */
export async function untilAskedThroughNginx(nginx: Door, node: Node): Promise<void> {
  const count = () => node.said().split('"route":"/api/version"').length
  const before = count()
  const isAsked = async () => {
    await call(nginx, 'GET', '/api/version')
    return count() > before
  }
  await until(isAsked, 'a request of nginx', 10_000)
}
