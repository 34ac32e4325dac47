/** A port of loopback where nothing listens: the kernel gives out none below 1,024, so no server of another test gets it. */
export const DEAD_PORT = 1

/** Below the range of which the kernel gives ports to connections and to servers that ask for any (Linux: from 32,768). */
const FIRST = 12_000
const LAST = 32_000
const TRIES_MAX = 100

const given = new Set<number>()

/** A port of 127.0.0.1 that nobody has, for a program that is told its port; only callers of this may pick it meanwhile. */
export function freePort(): number {
  for (let attempt = 1; attempt <= TRIES_MAX; attempt++) {
    const port = FIRST + Math.floor(Math.random() * (LAST - FIRST))
    if (given.has(port) || !isFree(port)) continue
    given.add(port)
    return port
  }
  throw new Error('no free port was found')
}

function isFree(port: number): boolean {
  try {
    Bun.listen({ hostname: '127.0.0.1', port, socket: { data() {} } }).stop(true)
    return true
  } catch {
    return false
  }
}
