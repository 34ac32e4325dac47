import { type AnyElysia, Elysia } from 'elysia'
import type { Door } from '#http/admit.ts'
import { errorBody, errorHeaders, refusalOf, STATUS } from '#http/errors.ts'
import { standingHeaders } from '#http/headers.ts'
import { factsOf } from '#http/request-facts.ts'

/** Answers a page's refusal: a whole page, a fragment or a way to the sign-in. */
export type PageRefusal = (request: Request, refusal: ReturnType<typeof refusalOf>) => Response | Promise<Response>

/** One Elysia of all rooms, with the headers of every answer and the one place that turns what was thrown into an answer. */
export function createApp(door: Door, rooms: readonly AnyElysia[], refusePage: PageRefusal) {
  const { ctx } = door
  const standing = standingHeaders(ctx.config.isHttps)
  // Elysia looks for the path behind the 11th character, unless told that a host may be shorter than four.
  const handler = { standardHostname: false }
  const app = new Elysia({ normalize: false, handler }).headers(standing).onError(async ({ error, code, request }) => {
    const facts = factsOf(request)
    const refusal = refusalOf(error, code)
    if (refusal.kind === 'internal') ctx.log.error('request failed', { request_id: facts.requestId, error })
    if (!facts.isApi) return await refusePage(request, refusal)
    const headers = { ...standing, ...errorHeaders(refusal) }
    return Response.json(errorBody(refusal, facts.requestId), { status: STATUS[refusal.kind], headers })
  })
  return rooms.reduce((whole, room) => whole.use(room), app as AnyElysia)
}
