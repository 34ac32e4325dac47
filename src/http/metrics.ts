import { Elysia } from 'elysia'
import { AppError } from '#core/errors.ts'
import type { Door } from '#http/admit.ts'
import { errorBody, errorHeaders, STATUS } from '#http/errors.ts'
import { gate } from '#http/gate.ts'
import { createLoopLag, readGauges } from '#http/gauges.ts'
import type { RequestCounts } from '#http/request-counts.ts'
import { factsOf } from '#http/request-facts.ts'
import { isSameSecret } from '#lib/crypto.ts'
import { exposition } from '#lib/exposition.ts'

const CONTENT_TYPE = 'text/plain; version=0.0.4; charset=utf-8'
const LOOPBACK = /^(127\.\d+\.\d+\.\d+|::1)$/
/** What a proxy adds: behind one on this machine every stranger comes from loopback. */
const PROXY_HEADERS = ['x-forwarded-for', 'forwarded', 'x-real-ip', 'via']

const REFUSAL = new AppError(
  'unauthenticated',
  'unauthenticated',
  'Metrics are shown on loopback, or to a bearer of METRICS_TOKEN.',
)

/**
 * `GET /metrics` in Prometheus' text format 0.0.4: to a client on loopback that came without a proxy, or to one that bears
 * `METRICS_TOKEN`; 401 `unauthenticated` to all others.
 */
export function metrics(door: Door, counts: RequestCounts, token: string | undefined) {
  const lag = createLoopLag()
  return new Elysia().use(gate(door)).get(
    '/metrics',
    async ({ request }) => {
      if (!isDirect(request) && !hasToken(request, token)) return refuse(request)
      const text = exposition([...counts.metrics(), ...(await readGauges(door.ctx, lag))])
      return new Response(text, { headers: { 'content-type': CONTENT_TYPE } })
    },
    { open: true },
  )
}

function isDirect(request: Request): boolean {
  return LOOPBACK.test(factsOf(request).address) && !PROXY_HEADERS.some((name) => request.headers.has(name))
}

function hasToken(request: Request, token: string | undefined): boolean {
  const [, given] = /^bearer +(\S+)$/i.exec(request.headers.get('authorization') ?? '') ?? []
  return token !== undefined && given !== undefined && isSameSecret(given, token)
}

/** A program asks here, so it is answered as one, though the address is not under `/api`. */
function refuse(request: Request): Response {
  const body = errorBody(REFUSAL, factsOf(request).requestId)
  return Response.json(body, { status: STATUS[REFUSAL.kind], headers: errorHeaders(REFUSAL) })
}
