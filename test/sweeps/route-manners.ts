import { PASSWORD } from '#test/support/app.ts'
import { type GatedRoute, pathWith, SELF_GUARDED } from './route-table.ts'

/** Sends one request to the program under test, wherever it runs. */
export type Send = (path: string, init: RequestInit) => Promise<Response>

/** How a person shows who he is: at `/api`, and at a page. */
export type Credentials = Readonly<{ bearer: Record<string, string>; cookie: Record<string, string> }>

type Attempt = Readonly<{ who: string; headers: Record<string, string>; method?: string }>
type Expected = Readonly<{ what: string; isMet: (status: number, body: string, headers: Headers) => boolean }>

/** No row has it. */
const NO_ID = 987_654
const UNREADABLE = '{'
/** Else a page that asks for the password would refuse with a 403 of its own. */
const FORM = new URLSearchParams({ old_password: PASSWORD }).toString()
const OUR_PAGE = { 'sec-fetch-site': 'same-origin' }

const FOREIGN_PAGES: readonly Attempt[] = [
  { who: 'a form without proof of its origin', headers: {} },
  { who: 'a form of another site', headers: { 'sec-fetch-site': 'cross-site' } },
  { who: 'a form of a neighbour site', headers: { 'sec-fetch-site': 'same-site' } },
  { who: 'a form of another origin', headers: { origin: 'https://evil.example' } },
  { who: 'a form of no origin', headers: { origin: 'null' } },
  { who: 'a link typed in', headers: { 'sec-fetch-site': 'none' } },
]

/**
 * How every route treats a stranger. A fault is a sentence: a route that lets one in, or that looks at the body before it
 * asks who is there. `admin` are credentials that do not count at the other door.
 */
export async function strangerFaults(send: Send, routes: readonly GatedRoute[], admin: Credentials): Promise<string[]> {
  const faults: string[] = []
  for (const route of routes) {
    const isSelfGuarded = Object.hasOwn(SELF_GUARDED, route.name)
    const isOpen = route.need.kind === 'anyone' && !isSelfGuarded
    const strangers = route.isApi ? strangersAtApi(admin, isSafe(route)) : strangersAtPages(admin, isSafe(route))
    const is401 = route.isApi || isSelfGuarded
    const isMet = isOpen ? isNotRefused : is401 ? isUnauthenticated : isLedToLogin
    const what = isOpen ? 'an answer of its own' : is401 ? '401' : '303 to /login'
    for (const one of strangers) faults.push(...(await faultsOf(send, route, one, { what, isMet })))
  }
  return faults
}

/** How every unsafe page treats a form that is not proven to be ours, even from an admin's own browser. */
export async function foreignFormFaults(
  send: Send,
  routes: readonly GatedRoute[],
  admin: Credentials,
): Promise<string[]> {
  const faults: string[] = []
  for (const route of routes.filter((one) => !one.isApi && !isSafe(one))) {
    for (const one of FOREIGN_PAGES) {
      const attempt = { ...one, headers: { ...one.headers, ...admin.cookie } }
      faults.push(...(await faultsOf(send, route, attempt, { what: '403', isMet: (status) => status === 403 })))
    }
  }
  return faults
}

/** How every route that wants a permission treats a member without any. */
export async function viewerFaults(send: Send, routes: readonly GatedRoute[], viewer: Credentials): Promise<string[]> {
  const faults: string[] = []
  for (const route of routes) {
    if (route.need.kind !== 'permission') continue
    const { permission } = route.need
    const headers = route.isApi ? viewer.bearer : { ...viewer.cookie, ...OUR_PAGE }
    const isMet = (status: number, body: string) =>
      status === 403 && (!route.isApi || (body.includes('"permission_denied"') && body.includes(`"${permission}"`)))
    faults.push(
      ...(await faultsOf(send, route, { who: 'a viewer', headers }, { what: '403 permission_denied', isMet })),
    )
  }
  return faults
}

/** How every route for the operator's own accounts treats the admin of an org. */
export async function superadminFaults(
  send: Send,
  routes: readonly GatedRoute[],
  admin: Credentials,
): Promise<string[]> {
  const faults: string[] = []
  for (const route of routes.filter(isForSuperadmins)) {
    const headers = route.isApi ? admin.bearer : { ...admin.cookie, ...OUR_PAGE }
    const isMet = (status: number, body: string) =>
      status === 403 && (!route.isApi || body.includes('"superadmin_only"'))
    faults.push(...(await faultsOf(send, route, { who: 'an admin', headers }, { what: '403 superadmin_only', isMet })))
  }
  return faults
}

export function isForSuperadmins({ need }: GatedRoute): boolean {
  return need.kind === 'person' && need.superadmin === true
}

/** The positive control: the same requests with an admin's credentials get past the gate. A request may end his session. */
export async function admissionFaults(
  send: Send,
  routes: readonly GatedRoute[],
  freshAdmin: (isSuperadmin: boolean) => Promise<Credentials>,
): Promise<string[]> {
  const faults: string[] = []
  for (const route of routes.filter(({ name }) => !Object.hasOwn(SELF_GUARDED, name))) {
    const { bearer, cookie } = await freshAdmin(isForSuperadmins(route))
    const headers = route.isApi ? bearer : { ...cookie, ...OUR_PAGE }
    const expected = { what: 'to be let in', isMet: isNotRefused }
    faults.push(...(await faultsOf(send, route, { who: 'an admin', headers }, expected)))
  }
  return faults
}

async function faultsOf(send: Send, route: GatedRoute, attempt: Attempt, expected: Expected): Promise<string[]> {
  const method = attempt.method ?? route.method
  const isForm = !route.isApi
  const init = isSafe({ method })
    ? { method, headers: attempt.headers }
    : {
        method,
        // An unreadable body: who asks comes before what is asked.
        body: isForm ? FORM : UNREADABLE,
        headers: {
          'content-type': isForm ? 'application/x-www-form-urlencoded' : 'application/json',
          ...attempt.headers,
        },
      }
  const response = await send(pathWith(route, NO_ID), { ...init, redirect: 'manual' })
  const body = await response.text()
  if (expected.isMet(response.status, body, response.headers)) return []
  return [`${method} ${route.path}: ${attempt.who} got ${response.status}, expected ${expected.what}`]
}

function strangersAtApi({ cookie }: Credentials, isRead: boolean): Attempt[] {
  return [
    { who: 'a stranger', headers: {} },
    { who: 'a stranger with a session cookie', headers: { ...cookie, ...OUR_PAGE } },
    { who: 'a stranger with a made-up token', headers: { authorization: 'Bearer eyJhbGciOiJub25lIn0.e30.' } },
    { who: 'a stranger with a made-up access token', headers: { authorization: `Bearer hf_${'0'.repeat(40)}` } },
    { who: 'a stranger with a password', headers: { authorization: `Basic ${btoa('ada@example.com:secret')}` } },
    ...(isRead ? [{ who: 'a stranger who asks for the head', headers: {}, method: 'HEAD' }] : []),
  ]
}

function strangersAtPages({ bearer }: Credentials, isRead: boolean): Attempt[] {
  return [
    { who: 'a stranger', headers: OUR_PAGE },
    { who: 'a stranger with a bearer token', headers: { ...OUR_PAGE, ...bearer } },
    {
      who: 'a stranger with a made-up session',
      headers: { ...OUR_PAGE, cookie: 'hf_session=eyJhbGciOiJub25lIn0.e30.' },
    },
    ...(isRead ? [{ who: 'a stranger who asks for the head', headers: OUR_PAGE, method: 'HEAD' }] : []),
  ]
}

function isSafe({ method }: { method: string }): boolean {
  return method === 'GET' || method === 'HEAD'
}

function isUnauthenticated(status: number, body: string, headers: Headers): boolean {
  return status === 401 && headers.has('www-authenticate') && (body === '' || body.includes('"unauthenticated"'))
}

/** Without a toast: a sign-out leads there, too, and says so. */
function isLedToLogin(status: number, _body: string, headers: Headers): boolean {
  const isThere = /^\/login(\?|$)/.test(headers.get('location') ?? '')
  return status === 303 && isThere && !headers.has('set-cookie')
}

function isNotRefused(status: number, body: string, headers: Headers): boolean {
  const isRefused = status === 403 || status === 429 || status >= 500 || isUnauthenticated(status, body, headers)
  return !isRefused && !isLedToLogin(status, body, headers)
}
