import { UsageError } from '#cli/arguments.ts'

const TIMEOUT_MS = 30_000

/**
 * Speaks to the API of an install that the operator names. `send` gives the JSON of a 2xx answer (`{}` when it has none) and
 * throws the API's own sentence otherwise.
 */
export function apiClient(url: string, token: string | undefined) {
  const base = URL.parse(url)
  if (!base || !/^https?:$/.test(base.protocol)) throw new UsageError('--url must be an http or https address.')

  return {
    async send(method: string, path: string, body?: object): Promise<Record<string, unknown>> {
      const response = await reach(new URL(path, base), {
        method,
        redirect: 'error',
        signal: AbortSignal.timeout(TIMEOUT_MS),
        headers: {
          'content-type': 'application/json',
          ...(token !== undefined && { authorization: `Bearer ${token}` }),
        },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      })
      const answer = await parsed(response)
      if (response.ok) return answer
      throw new Error(typeof answer.message === 'string' ? answer.message : `The server answered ${response.status}.`)
    },
  }
}

async function reach(url: URL, init: RequestInit): Promise<Response> {
  try {
    return await fetch(url, init)
  } catch {
    throw new Error(`No answer from ${url.origin}: check --url and whether Honeyframe runs there.`)
  }
}

async function parsed(response: Response): Promise<Record<string, unknown>> {
  const text = await response.text()
  try {
    const value: unknown = text === '' ? {} : JSON.parse(text)
    return typeof value === 'object' && value !== null ? { ...value } : {}
  } catch {
    return {}
  }
}
