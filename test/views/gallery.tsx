import { renderFragment, type Theme } from '#views/document.tsx'
import { page } from '#views/layout.tsx'
import { plainPage } from '#views/plain-layout.tsx'
import { type Say, shellOf } from './gallery-data.tsx'
import { groupsPages } from './gallery-groups.tsx'
import { healthPages } from './gallery-health.tsx'
import { licensePages } from './gallery-license.tsx'
import { brandOf, organizationPages, orgsPages } from './gallery-orgs.tsx'
import { errorPages, invitePages, sessionPages, setupPages } from './gallery-plain.tsx'
import {
  accountPages,
  auditLogPages,
  licenseBannerPages,
  membersPages,
  type Shown,
  tokensPages,
  tourPages,
} from './gallery-shell.tsx'
import { smtpPages } from './gallery-smtp.tsx'
import { usagePages } from './gallery-usage.tsx'
import { usersPages } from './gallery-users.tsx'
import { webhooksPages } from './gallery-webhooks.tsx'

export type { Say } from './gallery-data.tsx'

/** Every page in every state that looks different, as documents. `say` sees each text that a person could have written. */
export function gallery(say: Say, theme: Theme): Map<string, string> {
  const documents = new Map<string, string>()
  const inShell = {
    ...{ ...membersPages(say), ...groupsPages(say), ...usersPages(say), ...orgsPages(say), ...organizationPages(say) },
    ...{ ...accountPages(say), ...tokensPages(say), ...tourPages(say), ...auditLogPages(say), ...licensePages(say) },
    ...{ ...licenseBannerPages(say), ...smtpPages(say), ...usagePages(say), ...healthPages(say) },
    ...webhooksPages(say),
  }
  for (const [name, shown] of Object.entries<Shown>(inShell)) {
    const toasts = [{ tone: 'success', text: say('Invited rin@acme.test.') }] as const
    documents.set(
      name,
      page({
        title: say('Members'),
        section: say('Workspace'),
        shell: {
          ...shellOf(say, theme, shown.orgs ?? 1),
          tour: shown.tour,
          license: shown.license,
          brand: shown.isBranded && brandOf(say),
        },
        toasts,
        children: shown.content,
      }),
    )
  }
  const plain = { ...setupPages(say), ...sessionPages(say), ...invitePages(say), ...errorPages(say) }
  for (const [name, content] of Object.entries(plain)) {
    const path = say('/accept-invite?token=t&x=1')
    documents.set(name, plainPage({ title: say('Sign in'), theme, path, children: content }))
  }
  const path = '/login'
  const [brand, lettered] = [brandOf(say), { name: say('Acme Analytics') }]
  const login = sessionPages(say).login ?? ''
  documents.set('login-branded', plainPage({ title: say('Sign in'), theme, path, brand, children: login }))
  documents.set('login-lettered', plainPage({ title: say('Sign in'), theme, path, brand: lettered, children: login }))
  documents.set(
    'fragment',
    renderFragment({ toasts: [{ tone: 'danger', text: say('Refused.') }], announcement: say('3 people shown') }),
  )
  return documents
}
