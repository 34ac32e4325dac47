import auditLog from '#views/assets/css/audit-log.css' with { type: 'file' }
import backups from '#views/assets/css/backups.css' with { type: 'file' }
import cardPage from '#views/assets/css/card-page.css' with { type: 'file' }
import forms from '#views/assets/css/forms.css' with { type: 'file' }
import groups from '#views/assets/css/groups.css' with { type: 'file' }
import health from '#views/assets/css/health.css' with { type: 'file' }
import license from '#views/assets/css/license.css' with { type: 'file' }
import lists from '#views/assets/css/lists.css' with { type: 'file' }
import mends from '#views/assets/css/mends.css' with { type: 'file' }
import menus from '#views/assets/css/menus.css' with { type: 'file' }
import narrow from '#views/assets/css/narrow.css' with { type: 'file' }
import notices from '#views/assets/css/notices.css' with { type: 'file' }
import organization from '#views/assets/css/organization.css' with { type: 'file' }
import parts from '#views/assets/css/parts.css' with { type: 'file' }
import shell from '#views/assets/css/shell.css' with { type: 'file' }
import smtp from '#views/assets/css/smtp.css' with { type: 'file' }
import tokens from '#views/assets/css/tokens.css' with { type: 'file' }
import tour from '#views/assets/css/tour.css' with { type: 'file' }
import usage from '#views/assets/css/usage.css' with { type: 'file' }
import users from '#views/assets/css/users.css' with { type: 'file' }
import webhooks from '#views/assets/css/webhooks.css' with { type: 'file' }

/** What `app.css` is made of, in the order of the cascade: a room's own sheet stands before the mends. */
export const SHEETS: readonly string[] = [
  ...[tokens, shell, parts, menus, forms, lists, notices, cardPage],
  ...[auditLog, backups, groups, license, organization, smtp, tour, users, webhooks, health, usage],
  ...[mends, narrow],
]
