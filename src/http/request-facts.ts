import type { Brand } from '#core/tenancy/brand.ts'
import type { Viewer } from '#http/viewer.ts'
import type { LicenseBannerProps } from '#views/license/license-banner.tsx'

/** What the program knows of a request, apart from the request itself. One object each, made when it arrives. */
export type RequestFacts = {
  readonly requestId: string
  /** The client's address, behind trusted proxies only. */
  readonly address: string
  readonly isHttps: boolean
  readonly isApi: boolean
  route?: string
  /** The org whose address was asked, once the request was let in. */
  hostOrg?: Brand
  viewer?: Viewer
  /** What its pages say of the licence. */
  licenseNotice?: LicenseBannerProps
  admitted?: Promise<Viewer | undefined>
  cookies: string[]
}

const facts = new WeakMap<Request, RequestFacts>()

export function rememberFacts(request: Request, known: RequestFacts): void {
  facts.set(request, known)
}

export function factsOf(request: Request): RequestFacts {
  const known = facts.get(request)
  if (!known) throw new Error('a request entered past the front door')
  return known
}

/** Who calls, for verbs that anyone may try. */
export function callerOf(request: Request): { requestId: string; address: string } {
  const { requestId, address } = factsOf(request)
  return { requestId, address }
}
