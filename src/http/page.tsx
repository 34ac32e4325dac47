import { type Brand, logoPath, sheetPath } from '#core/tenancy/brand.ts'
import type { Door } from '#http/admit.ts'
import { readCookie, setCookie } from '#http/cookies.ts'
import { leaveToast, takeToasts } from '#http/flash.ts'
import { localPath } from '#http/local-path.ts'
import { navigationFor } from '#http/navigation.ts'
import { addressOf } from '#http/org-address.ts'
import { factsOf } from '#http/request-facts.ts'
import { tourFor } from '#http/tour.ts'
import type { Viewer } from '#http/viewer.ts'
import type { Theme } from '#views/document.tsx'
import { renderFragment } from '#views/document.tsx'
import { page } from '#views/layout.tsx'
import { plainPage } from '#views/plain-layout.tsx'
import type { Brand as PageBrand } from '#views/ui/brand.tsx'
import type { Toast } from '#views/ui/toast.tsx'

const THEME_COOKIE = 'hf_theme'
const THEME_SECONDS = 400 * 24 * 60 * 60

type Content = JSX.Element | JSX.Element[]
type Extra = Readonly<{ status?: number; headers?: Readonly<Record<string, string>> }>
type PageOptions = Readonly<{ title: string; section: string; toasts?: readonly Toast[] }> & Extra

/** Whether htmx asked for a part of the page it shows. */
export function isPartial(request: Request): boolean {
  return request.headers.get('hx-request-type') === 'partial'
}

/** A whole page of a signed-in person, in the shell. */
export function shellPage(
  door: Door,
  request: Request,
  viewer: Viewer,
  options: PageOptions,
  children: Content,
): Response {
  const path = comeBackTo(request)
  const { person, org } = viewer
  const orgs = person.memberships.map((membership) => ({
    id: membership.orgId,
    name: membership.name,
    ...addressOf(door, request, membership.slug),
    isCurrent: membership.orgId === org?.orgId,
  }))
  const shell = {
    viewer: { name: person.name, email: person.email },
    orgs,
    navigation: navigationFor(door.navigation, viewer, URL.parse(request.url)?.pathname ?? '/'),
    theme: themeOf(request),
    path,
    brand: org && brandOf(org),
    tour: tourFor(door.tour, viewer, path),
    license: factsOf(request).licenseNotice,
  }
  const toasts = [...takeToasts(request), ...(options.toasts ?? [])]
  return html(page({ title: options.title, section: options.section, shell, toasts, children }), options)
}

/** A whole page for anyone: one card. */
export function cardPage(request: Request, options: { title: string } & Extra, children: Content): Response {
  const path = comeBackTo(request)
  const { viewer, hostOrg } = factsOf(request)
  const org = viewer?.org ?? hostOrg
  const looks = { theme: themeOf(request), brand: org && brandOf(org), siteName: viewer ? undefined : hostOrg?.name }
  return html(plainPage({ title: options.title, path, toasts: takeToasts(request), ...looks, children }), options)
}

/** What a page shows of an org. */
export function brandOf(org: Brand): PageBrand {
  return { name: org.name, logoUrl: logoPath(org), sheetUrl: sheetPath(org) }
}

/** The answer to a partial request: the part that changed, what to announce and what to toast. */
export function fragment(
  options: { toasts?: readonly Toast[]; announcement?: string } & Extra,
  children?: JSX.Element,
): Response {
  const { toasts, announcement } = options
  return html(renderFragment({ toasts, announcement, children }), options)
}

/** Sends the browser to another page after a form: 303, or `HX-Redirect` when htmx sent the form. */
export function goTo(request: Request, path: string, toast?: Toast): Response {
  if (toast) leaveToast(request, toast)
  const location = localPath(path)
  const isHtmx = request.headers.get('hx-request') === 'true'
  return isHtmx
    ? new Response(null, { status: 204, headers: { 'hx-redirect': location } })
    : new Response(null, { status: 303, headers: { location } })
}

export function themeOf(request: Request): Theme {
  const theme = readCookie(request, THEME_COOKIE)
  return theme === 'light' || theme === 'dark' ? theme : 'auto'
}

export function setTheme(request: Request, theme: string): void {
  const known = theme === 'light' || theme === 'dark' ? theme : 'auto'
  setCookie(request, THEME_COOKIE, known, THEME_SECONDS)
}

/** A value of a form, always text; absent reads as empty. */
export function fieldOf(form: unknown, name: string): string {
  const value = typeof form === 'object' && form !== null ? Reflect.get(form, name) : undefined
  return typeof value === 'string' ? value : ''
}

/** Where a form of the page leads back to: only what was asked for by GET can be asked for again. */
function comeBackTo(request: Request): string {
  const url = request.method === 'GET' ? URL.parse(request.url) : null
  return url ? localPath(url.pathname + url.search) : '/'
}

function html(text: string, { status = 200, headers }: Extra): Response {
  return new Response(text, { status, headers: { 'content-type': 'text/html; charset=utf-8', ...headers } })
}
