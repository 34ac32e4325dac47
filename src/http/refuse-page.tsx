import type { AppError } from '#core/errors.ts'
import { errorHeaders, STATUS } from '#http/errors.ts'
import { isLicenseRefusal } from '#http/license-gate.ts'
import { cardPage, fragment, goTo, isPartial } from '#http/page.tsx'
import { factsOf } from '#http/request-facts.ts'
import { ErrorContent, type ErrorStatus, errorTitle } from '#views/errors/error-page.tsx'

const SHOWN: readonly ErrorStatus[] = [400, 403, 404, 409, 410, 413, 422, 429, 500, 502]

/**
 * A page's refusal: a stranger is led to the sign-in, a due password to its change, an admin without
 * a licence to the page that takes one, a form sent by htmx gets a toast and
 * keeps what it shows, everything else is a page of its own.
 */
export function refusePage(request: Request, refusal: AppError): Response {
  if (refusal.kind === 'unauthenticated') return goTo(request, `/login${nextOf(request)}`)
  if (refusal.code === 'password_reset_required') return goTo(request, `/account/password${nextOf(request)}`)
  const isMendable = factsOf(request).viewer?.permissions.has('license.edit') && isLicenseRefusal(refusal)
  if (isMendable) return goTo(request, `/settings/license?refused=${refusal.code}`)
  return withHeaders(isPartial(request) ? toast(refusal) : errorPage(request, refusal), refusal)
}

function toast(refusal: AppError): Response {
  const response = fragment({ status: STATUS[refusal.kind], toasts: [{ tone: 'danger', text: refusal.message }] })
  response.headers.set('hx-reswap', 'none')
  return response
}

function errorPage(request: Request, refusal: AppError): Response {
  const { requestId, viewer } = factsOf(request)
  const status = SHOWN.find((known) => known === STATUS[refusal.kind]) ?? 500
  const seconds = refusal.facts.retry_after
  const content = ErrorContent({
    status,
    requestId,
    isSignedIn: viewer !== undefined,
    ...(refusal.code !== 'permission_denied' && { message: refusal.message }),
    ...(typeof seconds === 'number' && { retryAfterSeconds: seconds }),
  })
  return cardPage(request, { title: errorTitle(status), status }, content)
}

/** Only a page that was asked for by GET is worth coming back to. */
function nextOf(request: Request): string {
  const url = URL.parse(request.url)
  if (request.method !== 'GET' || !url || url.pathname === '/') return ''
  return `?next=${encodeURIComponent(url.pathname + url.search)}`
}

function withHeaders(response: Response, refusal: AppError): Response {
  for (const [name, value] of Object.entries(errorHeaders(refusal))) response.headers.set(name, value)
  return response
}
