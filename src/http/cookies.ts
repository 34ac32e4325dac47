import { factsOf, type RequestFacts } from '#http/request-facts.ts'

const LONGEST_AGE_SECONDS = 400 * 24 * 60 * 60

/** The value of a cookie the browser sent (RFC 6265). */
export function readCookie(request: Request, name: string): string | undefined {
  const header = request.headers.get('cookie')
  if (!header) return undefined
  const pair = header.split(';').find((candidate) => candidate.trimStart().startsWith(`${name}=`))
  return pair?.slice(pair.indexOf('=') + 1).trim()
}

/** On https the `__Host-` prefix makes the browser refuse a cookie that another host or plain http planted. */
export function hostCookieName(facts: RequestFacts, name: string): string {
  return facts.isHttps ? `__Host-${name}` : name
}

/** Adds a cookie to this request's answer: HttpOnly, SameSite=Lax, Secure on https; it dies with the browser unless `maxAgeSeconds`. */
export function setCookie(request: Request, name: string, value: string, maxAgeSeconds?: number): void {
  const facts = factsOf(request)
  // RFC 6265 §4.1.1: one cookie a name; what is set last counts.
  facts.cookies = facts.cookies.filter((other) => !other.startsWith(`${name}=`))
  const age = maxAgeSeconds === undefined ? '' : `; Max-Age=${Math.min(maxAgeSeconds, LONGEST_AGE_SECONDS)}`
  facts.cookies.push(`${name}=${value}; Path=/; HttpOnly; SameSite=Lax${facts.isHttps ? '; Secure' : ''}${age}`)
}

export function dropCookie(request: Request, name: string): void {
  setCookie(request, name, '', 0)
}
