import type { TestApp, TestPerson } from '#test/support/app.ts'

export type Visit = Readonly<{
  status: number
  html: string
  location: string | null
  /** The sentence left for the next page. */
  toast: string
  headers: Headers
}>

type Options = Readonly<{ person?: TestPerson | undefined; isPartial?: boolean; site?: string }>

/** A page as a browser asks for it. */
export function open(app: TestApp, path: string, options: Options = {}): Promise<Visit> {
  return visit(app, path, { headers: headersOf(options) })
}

/** A form as a browser sends it; with `isPartial` as htmx does. */
export function submit(
  app: TestApp,
  path: string,
  form: Record<string, string>,
  options: Options = {},
): Promise<Visit> {
  const headers = { ...headersOf(options), 'content-type': 'application/x-www-form-urlencoded' }
  return visit(app, path, { method: 'POST', headers, body: new URLSearchParams(form).toString() })
}

async function visit(app: TestApp, path: string, init: RequestInit): Promise<Visit> {
  const response = await app.fetch(path, init)
  const { status, headers } = response
  return { status, html: await response.text(), location: headers.get('location'), toast: toastOf(headers), headers }
}

function headersOf({ person, isPartial, site = 'same-origin' }: Options): Record<string, string> {
  return {
    'sec-fetch-site': site,
    ...(person && { cookie: `hf_session=${person.jwt}` }),
    ...(isPartial && { 'hx-request': 'true', 'hx-request-type': 'partial' }),
  }
}

function toastOf(headers: Headers): string {
  const cookie = headers.getSetCookie().find((each) => each.startsWith('hf_toast='))
  const value = cookie?.slice('hf_toast='.length).split(';')[0] ?? ''
  return value === '' ? '' : JSON.parse(Buffer.from(value, 'base64url').toString()).text
}
