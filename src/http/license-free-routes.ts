/**
 * The routes that write and stay open whatever the licence says, as the router writes them: a person keeps his account and
 * his session, and a licence can be renewed. Every other one is closed.
 */
export const OPEN_WITHOUT_LICENSE: ReadonlySet<string> = new Set([
  'POST /api/auth/login',
  'POST /api/auth/logout',
  'POST /api/auth/sign-out-everywhere',
  'POST /api/auth/change-password',
  'POST /api/auth/forgot-password',
  'POST /api/auth/reset-password',
  'POST /api/auth/tokens',
  'DELETE /api/auth/tokens/:id',
  'PATCH /api/me',
  'POST /api/me/tour',
  'POST /api/license',
  'DELETE /api/license',
  'POST /login',
  'POST /logout',
  'POST /forgot-password',
  'POST /reset-password',
  'POST /setup',
  'POST /theme',
  'POST /account/profile',
  'POST /account/password',
  'POST /account/sign-out-everywhere',
  'POST /tokens',
  'POST /tokens/:id/revoke',
  'POST /orgs',
  'POST /orgs/default',
  // The operator's: an org that is made has no licence yet, and no part in that of the one he stands in.
  'POST /api/orgs',
  'POST /orgs/new',
  'POST /tour',
  // Whoever stops paying takes along what is his.
  'POST /api/backups',
  'DELETE /api/backups/:id',
  'POST /api/backups/:id/restore',
  'POST /api/backups/:id/prove',
  'PUT /api/backups/settings',
  'POST /api/backups/settings/test',
  'POST /backups',
  'POST /backups/:id/delete',
  'POST /backups/:id/restore',
  'POST /backups/:id/prove',
  'POST /backups/schedule',
  'POST /backups/store',
  'POST /backups/store/remove',
  'POST /backups/store/test',
  'POST /settings/license',
  'POST /settings/license/file',
  'POST /settings/license/remove',
])

/** The routes that write and are open in every state, as the API's description writes them. */
export function openRoutes(): string[] {
  return [...OPEN_WITHOUT_LICENSE].map((route) => route.replace(/:(\w+)/g, '{$1}')).toSorted()
}
