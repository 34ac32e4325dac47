import type { TestApp } from '#test/support/app.ts'

type Fetching = Pick<TestApp, 'fetch'>
type Options = Readonly<{ peer?: string; headers?: Record<string, string> }>

/** A browser without a screen: it keeps its cookies and sends forms from our own pages. */
export function visit(app: Fetching, options: Options = {}) {
  const jar = new Map<string, string>()

  async function send(path: string, init: RequestInit): Promise<Response> {
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ')
    const headers = {
      ...(cookie !== '' && { cookie }),
      ...options.headers,
      ...Object.fromEntries(new Headers(init.headers)),
    }
    const response = await app.fetch(path, { ...init, headers }, options.peer)
    for (const line of response.headers.getSetCookie()) keep(line)
    return response
  }

  function keep(line: string): void {
    const [pair = ''] = line.split(';')
    const at = pair.indexOf('=')
    if (/max-age=0/i.test(line)) jar.delete(pair.slice(0, at))
    else jar.set(pair.slice(0, at), pair.slice(at + 1))
  }

  return {
    jar,
    get: (path: string, headers: Record<string, string> = {}) => send(path, { headers }),
    post: (path: string, form: Record<string, string>, headers: Record<string, string> = {}) =>
      send(path, {
        method: 'POST',
        body: new URLSearchParams(form),
        headers: { 'sec-fetch-site': 'same-origin', ...headers },
      }),
  }
}

export type Visitor = ReturnType<typeof visit>

/** Every `Set-Cookie` line of an answer that sets the named cookie. */
export function cookieLines(response: Response, name: string): string[] {
  return response.headers.getSetCookie().filter((line) => line.startsWith(`${name}=`))
}
