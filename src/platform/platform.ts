import type { Secrets } from '#config/secrets.ts'
import type { Context } from '#core/context.ts'
import { mailJobs } from '#core/mail/jobs.ts'
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
import type { TourStep } from '#http/tour.ts'
import { DELETE_ENDED_JOBS, deleteEndedJobs } from '#jobs/ended-jobs.ts'
import { accountApi } from '#platform/account/api.ts'
import { accountPages } from '#platform/account/pages.tsx'
import { auditLogApi } from '#platform/audit-log/api.ts'
import { auditLogJobs, auditLogSchedules } from '#platform/audit-log/jobs.ts'
import { auditLogPages } from '#platform/audit-log/pages.tsx'
import { backupsApi } from '#platform/backups/api.ts'
import { backupsJobs, backupsSchedules } from '#platform/backups/jobs.ts'
import { backupsPages } from '#platform/backups/pages.tsx'
import { brandingApi } from '#platform/branding/api.ts'
import { brandingPages } from '#platform/branding/pages.tsx'
import { groupsApi } from '#platform/groups/api.ts'
import { groupsPages } from '#platform/groups/pages.tsx'
import { healthApi } from '#platform/health/api.ts'
import { healthJobs, healthSchedules } from '#platform/health/jobs.ts'
import { healthPages } from '#platform/health/pages.tsx'
import { systemHealthApi } from '#platform/health/system-api.ts'
import { invitesApi } from '#platform/invites/api.ts'
import { invitesJobs } from '#platform/invites/jobs.ts'
import { invitesPages } from '#platform/invites/pages.tsx'
import { licenseApi } from '#platform/license/api.ts'
import { licenseJobs, licenseSchedules } from '#platform/license/jobs.ts'
import { licensePages } from '#platform/license/pages.tsx'
import { membersApi } from '#platform/members/api.ts'
import { membersPages } from '#platform/members/pages.tsx'
import { organizationApi } from '#platform/organization/api.ts'
import { organizationPages } from '#platform/organization/pages.tsx'
import { orgsApi } from '#platform/orgs/api.ts'
import { orgsPages } from '#platform/orgs/pages.tsx'
import { sessionsApi } from '#platform/sessions/api.ts'
import { sessionsJobs, sessionsSchedules } from '#platform/sessions/jobs.ts'
import { sessionsPages } from '#platform/sessions/pages.tsx'
import { setupPages } from '#platform/setup/pages.tsx'
import { smtpApi } from '#platform/smtp/api.ts'
import { smtpPages } from '#platform/smtp/pages.tsx'
import { tokensApi } from '#platform/tokens/api.ts'
import { tokensPages } from '#platform/tokens/pages.tsx'
import { tourApi } from '#platform/tour/api.ts'
import { tourPages } from '#platform/tour/pages.tsx'
import { usageApi } from '#platform/usage/api.ts'
import { usageJobs, usageSchedules } from '#platform/usage/jobs.ts'
import { usagePages } from '#platform/usage/pages.tsx'
import { usersApi } from '#platform/users/api.ts'
import { usersJobs } from '#platform/users/jobs.ts'
import { usersPages } from '#platform/users/pages.tsx'
import { webhooksApi } from '#platform/webhooks/api.ts'
import { eventsApi } from '#platform/webhooks/events-api.ts'
import { webhooksJobs, webhooksSchedules } from '#platform/webhooks/jobs.ts'
import { webhooksPages } from '#platform/webhooks/pages.tsx'

const APIS = [
  ...[healthApi, sessionsApi, tokensApi, accountApi, tourApi],
  ...[membersApi, invitesApi, groupsApi, usersApi],
  ...[orgsApi, organizationApi, brandingApi, auditLogApi, licenseApi],
  ...[usageApi, systemHealthApi, smtpApi, backupsApi, webhooksApi, eventsApi],
]
const PAGES = [
  ...[setupPages, sessionsPages, accountPages, tourPages, tokensPages],
  ...[membersPages, invitesPages, groupsPages, usersPages],
  ...[orgsPages, organizationPages, brandingPages, auditLogPages, licensePages],
  ...[usagePages, healthPages, smtpPages, backupsPages, webhooksPages],
]

const NAVIGATION: readonly NavigationPage[] = [
  { section: 'Workspace', label: 'Members', href: '/members', icon: 'users', permission: 'member.read' },
  { section: 'Workspace', label: 'Usage', href: '/usage', icon: 'gauge', permission: 'usage.read' },
  { section: 'Workspace', label: 'Health', href: '/health', icon: 'heartbeat', permission: 'health.read' },
  { section: 'Workspace', label: 'SMTP', href: '/smtp', icon: 'mail', permission: 'smtp.edit' },
  { section: 'Workspace', label: 'Backups', href: '/backups', icon: 'archive', permission: 'backup.edit' },
  { section: 'Workspace', label: 'Webhooks', href: '/webhooks', icon: 'webhook', permission: 'webhook.edit' },
  { section: 'Administration', label: 'Users', href: '/users', icon: 'user-cog', permission: 'user.read' },
  { section: 'Administration', label: 'Groups', href: '/groups', icon: 'users-group', permission: 'group.read' },
  {
    ...{ section: 'Administration', label: 'Organization', href: '/settings/organization', icon: 'building' },
    permission: 'org.edit',
  },
  {
    ...{ section: 'Administration', label: 'Licence', href: '/settings/license', icon: 'shield' },
    permission: 'license.edit',
  },
  {
    ...{ section: 'Administration', label: 'Audit log', href: '/audit-log', icon: 'history' },
    permission: 'audit.read',
  },
  { section: 'You', label: 'Account', href: '/account', icon: 'user-circle' },
  { section: 'You', label: 'Organizations', href: '/orgs', icon: 'buildings' },
  { section: 'You', label: 'Access tokens', href: '/tokens', icon: 'key' },
]

/** The welcome tour, in its order: the documented steps whose room is in this build. */
const TOUR: readonly TourStep[] = [
  {
    id: 'welcome',
    title: 'Welcome to Honeyframe',
    text: 'The side bar holds the pages you may open, and above them the organization you are in. Your account, the theme and this tour are at the top right.',
    href: '/',
  },
  {
    id: 'members',
    title: 'Members',
    text: 'Invite your team by e-mail, one by one or as a list, and give each person a role. An invitation is good for seven days.',
    href: '/members',
    permission: 'member.read',
  },
  {
    id: 'usage',
    title: 'Usage',
    text: 'See what your organization uses: calls of language models, dbt runs, members and storage, for today or for a longer time.',
    href: '/usage',
    permission: 'usage.read',
  },
]

/** Everything the clock does in this role. */
export const platformJobs = [
  ...[...mailJobs, ...sessionsJobs, ...invitesJobs, ...usersJobs],
  ...[...auditLogJobs, ...licenseJobs, deleteEndedJobs],
  ...[...usageJobs, ...healthJobs, ...backupsJobs, ...webhooksJobs],
]
export const platformSchedules = [
  ...[...sessionsSchedules, ...auditLogSchedules, ...licenseSchedules, DELETE_ENDED_JOBS],
  ...[...usageSchedules, ...healthSchedules, ...backupsSchedules, ...webhooksSchedules],
]

/** The tenant product: every room's doors, and the function that answers a request (`peer` is the socket's address). */
export function createPlatform(ctx: Context, bearer: Bearer, secrets: Pick<Secrets, 'metricsToken'>) {
  const counts = createRequestCounts()
  const door = { ctx, bearer, rateLimit: createRateLimit(ctx.clock), navigation: NAVIGATION, tour: TOUR }
  const hall = [assets(door), openapi(door, () => app), metrics(door, counts, secrets.metricsToken)]
  const rooms = [...hall, ...APIS.map((api) => api(door)), ...PAGES.map((pages) => pages(door))]
  const app = createApp(door, rooms, refusePage)
  return { app, answer: frontDoor(ctx, counts, (request) => app.fetch(request)) }
}
