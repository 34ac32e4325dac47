import type { Context } from '#core/context.ts'
import { clientOf } from '#http/address.ts'
import { answerPreflight, corsHeaders, isPreflight } from '#http/cors.ts'
import { errorBody, INTERNAL, STATUS } from '#http/errors.ts'
import { STRICT_TRANSPORT, standingHeaders } from '#http/headers.ts'
import { type RequestFacts, rememberFacts } from '#http/request-facts.ts'

type Handle = (request: Request) => Response | Promise<Response>

/**
 * What every request passes, whatever route it finds: it gets its id, its client's address and its log line here.
 * `peer` is the address of the socket.
 */
export function frontDoor(ctx: Context, handle: Handle) {
  const standing = standingHeaders(ctx.config.isHttps)

  async function answer(request: Request, { requestId }: RequestFacts): Promise<Response> {
    try {
      return await handle(request)
    } catch (error) {
      // Even the answer to an error failed: the reader learns the request's id and nothing else.
      ctx.log.error('request failed', { request_id: requestId, error })
      return Response.json(errorBody(INTERNAL, requestId), { status: STATUS.internal, headers: standing })
    }
  }

  return async (request: Request, peer: string): Promise<Response> => {
    const startedAt = performance.now()
    const facts = arrive(ctx, request, peer)
    const isCors = facts.isApi && isPreflight(request)
    const response = isCors
      ? answerPreflight(ctx.config.corsAllowedOrigins, request, standing)
      : await answer(request, facts)
    addHeaders(ctx, request, response, facts)
    const size = { status: response.status, ms: Math.round((performance.now() - startedAt) * 10) / 10 }
    ctx.log.info('request', { ...logFacts(request, facts), ...size })
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
  const cors = facts.isApi && corsHeaders(ctx.config.corsAllowedOrigins, request)
  // A proxy in front may speak TLS although PUBLIC_URL does not say so.
  const transport = facts.isHttps && !ctx.config.isHttps && STRICT_TRANSPORT
  for (const [name, value] of Object.entries({ ...cors, ...transport })) response.headers.set(name, value)
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

function pathOf(url: string): string {
  const start = url.indexOf('/', url.indexOf('://') + 3)
  const end = url.indexOf('?', start)
  return start < 0 ? '/' : url.slice(start, end < 0 ? undefined : end)
}
