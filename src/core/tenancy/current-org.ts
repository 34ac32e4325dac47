import type { Membership, Person } from '#core/access/person.ts'
import { AppError } from '#core/errors.ts'

/** What a request says about its org: the slug its host names, its `X-Org-Id`, and the org its token was made for. */
export type OrgHints = Readonly<{ hostSlug?: string; header?: string; tokenOrgId?: number }>

/**
 * The org of a request (contract §2): host, else `X-Org-Id`, else the token's org, else the person's default, else his oldest.
 * Undefined for a person without any org. Errors: `invalid_org` (contradiction) for a header that is no positive integer,
 * `org_mismatch` (contradiction) when host and header disagree, `not_a_member` (forbidden) for an org that is not his.
 */
export function chooseOrg(person: Person, hints: OrgHints): Membership | undefined {
  const byHeader = hints.header === undefined ? undefined : orgOfHeader(person, hints.header)
  if (hints.hostSlug === undefined) return byHeader ?? fallbackOrg(person, hints.tokenOrgId)
  const byHost = person.memberships.find((membership) => membership.slug === hints.hostSlug)
  if (!byHost) throw notAMember()
  if (byHeader && byHeader.orgId !== byHost.orgId) {
    throw new AppError('contradiction', 'org_mismatch', 'The host names one organization and X-Org-Id another.')
  }
  return byHost
}

function orgOfHeader(person: Person, header: string): Membership {
  if (!/^[1-9]\d*$/.test(header)) {
    throw new AppError(
      'contradiction',
      'invalid_org',
      'X-Org-Id must be the id of an organization, a positive integer.',
    )
  }
  const found = person.memberships.find((membership) => String(membership.orgId) === header)
  if (!found) throw notAMember()
  return found
}

function fallbackOrg(person: Person, tokenOrgId: number | undefined): Membership | undefined {
  const byId = (id: number | null | undefined) => person.memberships.find((membership) => membership.orgId === id)
  return byId(tokenOrgId) ?? byId(person.defaultOrgId) ?? person.memberships[0]
}

function notAMember(): AppError {
  return new AppError('forbidden', 'not_a_member', 'You are not a member of that organization.')
}
