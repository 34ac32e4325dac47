import type { Secrets } from '#config/secrets.ts'
import type { Context } from '#core/context.ts'
import { createApp } from '#http/app.ts'
import { assets } from '#http/assets.ts'
import type { Bearer } from '#http/bearer.ts'
import { frontDoor } from '#http/front-door.ts'
import { metrics } from '#http/metrics.ts'
import type { NavigationPage } from '#http/navigation.ts'
import { openapi } from '#http/openapi.ts'
import { createRateLimit } from '#http/rate-limit.ts'
import { refusePage } from '#http/refuse-page.tsx'
import { createRequestCounts } from '#http/request-counts.ts'
import { DELETE_ENDED_JOBS, deleteEndedJobs } from '#jobs/ended-jobs.ts'
import { accountApi } from '#platform/account/api.ts'
import { accountPages } from '#platform/account/pages.tsx'
import { auditLogApi } from '#platform/audit-log/api.ts'
import { auditLogJobs, auditLogSchedules } from '#platform/audit-log/jobs.ts'
import { auditLogPages } from '#platform/audit-log/pages.tsx'
import { healthApi } from '#platform/health/api.ts'
import { invitesApi } from '#platform/invites/api.ts'
import { invitesJobs } from '#platform/invites/jobs.ts'
import { invitesPages } from '#platform/invites/pages.tsx'
import { membersApi } from '#platform/members/api.ts'
import { membersPages } from '#platform/members/pages.tsx'
import { orgsPages } from '#platform/orgs/pages.tsx'
import { sessionsApi } from '#platform/sessions/api.ts'
import { sessionsJobs, sessionsSchedules } from '#platform/sessions/jobs.ts'
import { sessionsPages } from '#platform/sessions/pages.tsx'
import { setupPages } from '#platform/setup/pages.tsx'
import { tokensApi } from '#platform/tokens/api.ts'
import { tokensPages } from '#platform/tokens/pages.tsx'

const APIS = [healthApi, sessionsApi, tokensApi, accountApi, membersApi, invitesApi, auditLogApi]
const PAGES = [
  setupPages,
  sessionsPages,
  accountPages,
  tokensPages,
  membersPages,
  invitesPages,
  orgsPages,
  auditLogPages,
]

const NAVIGATION: readonly NavigationPage[] = [
  { section: 'Workspace', label: 'Members', href: '/members', icon: 'users', permission: 'member.read' },
  {
    ...{ section: 'Administration', label: 'Audit log', href: '/audit-log', icon: 'history' },
    permission: 'audit.read',
  },
  { section: 'You', label: 'Account', href: '/account', icon: 'user-circle' },
  { section: 'You', label: 'Access tokens', href: '/tokens', icon: 'key' },
]

/** Everything the clock does in this role. */
export const platformJobs = [...sessionsJobs, ...invitesJobs, ...auditLogJobs, deleteEndedJobs]
export const platformSchedules = [...sessionsSchedules, ...auditLogSchedules, DELETE_ENDED_JOBS]

/** The tenant product: every room's doors, and the function that answers a request (`peer` is the socket's address). */
export function createPlatform(ctx: Context, bearer: Bearer, secrets: Pick<Secrets, 'metricsToken'>) {
  const counts = createRequestCounts()
  const door = { ctx, bearer, rateLimit: createRateLimit(ctx.clock), navigation: NAVIGATION }
  const hall = [assets(door), openapi(door, () => app), metrics(door, counts, secrets.metricsToken)]
  const rooms = [...hall, ...APIS.map((api) => api(door)), ...PAGES.map((pages) => pages(door))]
  const app = createApp(door, rooms, refusePage)
  return { app, answer: frontDoor(ctx, counts, (request) => app.fetch(request)) }
}
