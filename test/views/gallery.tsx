import { renderFragment, type Theme } from '#views/document.tsx'
import { page } from '#views/layout.tsx'
import { plainPage } from '#views/plain-layout.tsx'
import { type Say, shellOf } from './gallery-data.tsx'
import { licensePages } from './gallery-license.tsx'
import { errorPages, invitePages, sessionPages, setupPages } from './gallery-plain.tsx'
import { accountPages, membersPages, tokensPages, tourPages } from './gallery-shell.tsx'

export type { Say } from './gallery-data.tsx'

/** Every page in every state that looks different, as documents. `say` sees each text that a person could have written. */
export function gallery(say: Say, theme: Theme): Map<string, string> {
  const documents = new Map<string, string>()
  const inShell = {
    ...membersPages(say),
    ...accountPages(say),
    ...tokensPages(say),
    ...tourPages(say),
    ...licensePages(say),
  }
  for (const [name, shown] of Object.entries(inShell)) {
    const toasts = [{ tone: 'success', text: say('Invited rin@acme.test.') }] as const
    documents.set(
      name,
      page({
        title: say('Members'),
        section: say('Workspace'),
        shell: { ...shellOf(say, theme, shown.orgs ?? 1), tour: shown.tour },
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
  documents.set(
    'fragment',
    renderFragment({ toasts: [{ tone: 'danger', text: say('Refused.') }], announcement: say('3 people shown') }),
  )
  return documents
}
