import type { Context } from '#core/context.ts'
import { AppError } from '#core/errors.ts'
import { clientOf } from '#http/address.ts'
import { answerPreflight, corsHeaders, isPreflight } from '#http/cors.ts'
import { errorBody, INTERNAL, STATUS } from '#http/errors.ts'
import { STRICT_TRANSPORT, standingHeaders } from '#http/headers.ts'
import type { RequestCounts } from '#http/request-counts.ts'
import { type RequestFacts, rememberFacts } from '#http/request-facts.ts'
import { endOfTurn } from '#lib/turn.ts'

const NO_HOST = new AppError('contradiction', 'invalid_host', 'The Host header is missing or is no host.')

type Handle = (request: Request) => Response | Promise<Response>

/**
 * What every request passes, whatever route it finds: it gets its id, its client's address, its log line and its place in `counts` here.
 * `peer` is the address of the socket.
 */
export function frontDoor(ctx: Context, counts: RequestCounts, handle: Handle) {
  const standing = standingHeaders(ctx.config.isHttps)

  async function answer(request: Request, { requestId, isApi }: RequestFacts): Promise<Response> {
    // RFC 9112 §3.2. Without a Host that makes an address, path and route would be two readers' guesses.
    if (request.url.startsWith('/')) return refuse(NO_HOST, requestId)
    if (isApi && isPreflight(request)) return answerPreflight(ctx.config.corsAllowedOrigins, request, standing)
    try {
      return await handle(request)
    } catch (error) {
      // Even the answer to an error failed: the reader learns the request's id and nothing else.
      ctx.log.error('request failed', { request_id: requestId, error })
      return refuse(INTERNAL, requestId)
    }
  }

  function refuse(refusal: AppError, requestId: string): Response {
    return Response.json(errorBody(refusal, requestId), { status: STATUS[refusal.kind], headers: standing })
  }

  return async (request: Request, peer: string): Promise<Response> => {
    const startedAt = performance.now()
    const facts = arrive(ctx, request, peer)
    const response = await answer(request, facts)
    addHeaders(ctx, request, response, facts)
    const ms = performance.now() - startedAt
    counts.add(facts.route, request.method, response.status, ms)
    const size = { status: response.status, ms: Math.round(ms * 10) / 10 }
    ctx.log.info('request', { ...logFacts(request, facts), ...size })
    // Small answers that leave together wake the program that reads them once: under load that is a sixth of the work.
    if (facts.isApi) await endOfTurn()
    return response
  }
}

function arrive(ctx: Context, request: Request, peer: string): RequestFacts {
  const path = pathOf(request.url)
  const facts: RequestFacts = {
    requestId: ctx.random.uuid(),
    ...clientOf(ctx.config, request, peer),
    isApi: path === '/api' || path.startsWith('/api/'),
    cookies: [],
  }
  rememberFacts(request, facts)
  return facts
}

function addHeaders(ctx: Context, request: Request, response: Response, facts: RequestFacts): void {
  response.headers.set('x-request-id', facts.requestId)
  for (const cookie of facts.cookies) response.headers.append('set-cookie', cookie)
  if (facts.isApi) setAll(response, corsHeaders(ctx.config.corsAllowedOrigins, request))
  // A proxy in front may speak TLS although PUBLIC_URL does not say so.
  if (facts.isHttps && !ctx.config.isHttps) setAll(response, STRICT_TRANSPORT)
}

function setAll(response: Response, headers: Record<string, string> | undefined): void {
  for (const name in headers) response.headers.set(name, headers[name] ?? '')
}

/** The route's pattern and not the path: a path may hold a token. */
function logFacts(request: Request, facts: RequestFacts) {
  return {
    request_id: facts.requestId,
    method: request.method,
    route: facts.route ?? 'none',
    org: facts.viewer?.org?.orgId ?? null,
    user: facts.viewer?.person.userId ?? null,
    address: facts.address,
  }
}

/** The path of an absolute address as the client wrote it, without its query: what the routes are found by. */
export function pathOf(url: string): string {
  const start = url.indexOf('/', url.indexOf('://') + 3)
  const end = url.indexOf('?', start)
  return start < 0 ? '/' : url.slice(start, end < 0 ? undefined : end)
}
