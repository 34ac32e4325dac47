import type { Door } from '#http/admit.ts'
import { factsOf } from '#http/request-facts.ts'

/** Where an org is found. `href` is set where only its own address leads to it. */
export type OrgAddress = Readonly<{ address: string; href?: string }>

/**
 * The address of an org, `<slug>.APEX_DOMAIN`. On such an address the host decides which org is meant, so no session could choose
 * another: there `href` leads to the other's, by the scheme and the port of this one. A form could not: `form-action 'self'`
 * stops it at the border of the origin.
 */
export function addressOf(door: Pick<Door, 'ctx'>, request: Request, slug: string): OrgAddress {
  const { hostOrg, isHttps } = factsOf(request)
  const address = `${slug}.${door.ctx.config.apexDomain}`
  if (hostOrg === undefined) return { address }
  const port = /:\d+$/.exec(request.headers.get('host') ?? '')?.[0] ?? ''
  return { address, href: `${isHttps ? 'https' : 'http'}://${address}${port}/` }
}
