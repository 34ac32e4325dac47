const METHODS = 'GET, POST, PUT, PATCH, DELETE'
const HEADERS = 'Authorization, Content-Type, X-Org-Id'
const EXPOSED = 'Retry-After, X-Request-Id'
const AGE_SECONDS = '600'

/** What a browser page of another origin may see (Fetch standard, CORS): exact listed origins only, never credentials. */
export function corsHeaders(allowed: readonly string[], request: Request): Record<string, string> | undefined {
  const origin = request.headers.get('origin')
  if (origin === null || !allowed.includes(origin)) return undefined
  return { 'access-control-allow-origin': origin, 'access-control-expose-headers': EXPOSED }
}

export function isPreflight(request: Request): boolean {
  return request.method === 'OPTIONS' && request.headers.has('access-control-request-method')
}

/** The answer to a preflight, with the `standing` headers; from an origin that is not listed it allows nothing. */
export function answerPreflight(
  allowed: readonly string[],
  request: Request,
  standing: Readonly<Record<string, string>>,
): Response {
  const granted = corsHeaders(allowed, request)
  const headers = granted && {
    ...granted,
    'access-control-allow-methods': METHODS,
    'access-control-allow-headers': HEADERS,
    'access-control-max-age': AGE_SECONDS,
  }
  return new Response(null, { status: 204, headers: { ...standing, ...headers } })
}
