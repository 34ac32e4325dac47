import { AccountContent } from '#views/account/account.tsx'
import { AuditLogContent } from '#views/audit-log/audit-log-page.tsx'
import type { LicenseBannerProps } from '#views/license/license-banner.tsx'
import { MembersContent, type MembersProps } from '#views/members/members-page.tsx'
import { TokensContent } from '#views/tokens/tokens.tsx'
import type { TourCardProps } from '#views/tour/tour-card.tsx'
import { auditLog, hoursFromNow, members, NOW, type Say, tokenRow } from './gallery-data.tsx'

export type Shown = Readonly<{
  content: JSX.Element
  orgs?: number
  isBranded?: true
  tour?: TourCardProps
  license?: LicenseBannerProps
}>

export function membersPages(say: Say): Record<string, Shown> {
  const draft = { email: say('rin@acme'), role: 'analyst', fault: say('An open invitation is there.') } as const
  const faults = { email: say('This is no e-mail address.'), role: say('There is no such role.') }
  const manyFaults = { addresses: say('At most 200 go at once.'), role: say('There is no such role.') }
  const searched = { state: { filter: 'members', q: say('acme') }, nextCursor: say('abc'), cursor: say('xyz') } as const
  return {
    members: { content: <MembersContent {...members(say)} /> },
    'members-searched': { content: <MembersContent {...members(say, searched)} />, orgs: 2 },
    'members-read-only': { content: <MembersContent {...members(say, { canEditMembers: false, canInvite: false })} /> },
    'members-link': {
      content: (
        <MembersContent
          {...members(say, {
            canSendMail: false,
            issuedLink: { email: say('rin@acme.test'), url: say('https://hf.test/accept-invite?token=Zk3v') },
          })}
        />
      ),
    },
    'members-invite': { content: <MembersContent {...members(say, { draft: {} })} /> },
    'members-refused': { content: <MembersContent {...members(say, { draft: { ...draft, faults } })} /> },
    'members-many': { content: <MembersContent {...members(say, { manyDraft: {}, pendingFound: 240 })} /> },
    'members-many-refused': {
      content: <MembersContent {...members(say, { manyDraft: { addresses: say('rin@acme'), faults: manyFaults } })} />,
    },
    'members-many-results': { content: <MembersContent {...members(say, { manyResults: resultsOf(say) })} /> },
    'members-empty': {
      content: <MembersContent {...members(say, { rows: [], state: { filter: 'pending', q: '' } })} />,
    },
    'members-none-expired': {
      content: <MembersContent {...members(say, { rows: [], state: { filter: 'expired', q: '' } })} />,
    },
    'members-not-found': {
      content: <MembersContent {...members(say, { rows: [], state: { filter: 'all', q: say('zebra') } })} />,
    },
  }
}

function resultsOf(say: Say): MembersProps['manyResults'] {
  return [
    { text: say('rin@acme.test'), outcome: 'invited', link: say('https://hf.test/accept-invite?token=Zk3v') },
    { text: say('sam@acme.test'), outcome: 'invited' },
    { text: say('ada@acme.test'), outcome: 'already_member' },
    { text: say(`${'long.'.repeat(12)}@acme.test`), outcome: 'already_invited' },
    { text: say('Grace Hopper'), outcome: 'not_an_address' },
  ]
}

/** What is said of the licence above every page, from its last month on. */
export function licenseBannerPages(say: Say): Record<string, Shown> {
  const content = <MembersContent {...members(say)} />
  const term = { expires: hoursFromNow(200), graceEnds: hoursFromNow(536), isShut: true } as const
  const tour = { ...TOUR, position: { number: 1, of: 1 } }
  return {
    'license-ends-soon': { content, tour, license: { ...term, status: 'valid', days: 9 } },
    'license-in-grace': { content, license: { ...term, status: 'grace' } },
    'license-has-ended': { content, license: { ...term, status: 'expired' } },
    'license-not-valid': {
      content,
      license: { status: 'invalid', message: say('The text is not JSON.'), isShut: false },
    },
    'license-not-there': { content, license: { status: 'missing' } },
  }
}

const TOUR = { title: 'Members', text: 'Invite your team.', path: '/members?q=a' }

/** The welcome tour at its start, in its middle and at its end. */
export function tourPages(say: Say): Record<string, Shown> {
  const content = <MembersContent {...members(say)} />
  const at = (number: number) => ({ ...TOUR, position: { number, of: 3 } })
  const next = { id: 'members', title: 'Members' }
  return {
    'tour-begins': { content, tour: { ...at(1), next } },
    'tour-goes-on': { content, tour: { ...at(2), next, previous: 'welcome' } },
    'tour-ends': { content, tour: { ...at(3), previous: 'welcome' } },
  }
}

export function accountPages(say: Say): Record<string, Shown> {
  const email = say('ada@acme.test')
  const faults = { old_password: say('This is not your current password.'), new_password: say('Choose a longer one.') }
  return {
    account: {
      content: (
        <AccountContent profile={{ name: say('Ada'), email }} password={{ email }} signOut={{ tokenCount: 2 }} />
      ),
    },
    'account-refused': {
      content: (
        <AccountContent
          profile={{ name: say('A'), email, fault: say('A name has at least one letter.') }}
          password={{ email, faults, fault: say('Nothing was changed.') }}
          signOut={{ tokenCount: 0 }}
        />
      ),
    },
  }
}

export function tokensPages(say: Say): Record<string, Shown> {
  const tokens = [
    tokenRow(say),
    tokenRow(say, { id: 2, name: say('n'.repeat(90)), expiresAt: undefined, lastUsedAt: undefined }),
    tokenRow(say, { id: 3, expiresAt: hoursFromNow(-100) }),
  ]
  const created = { name: say('ci-pipeline'), secret: say('hf_0123456789abcdefghijABCDEFGHIJ01230aBcDe') }
  const faults = { name: say('Give the token a name.'), expires_in_days: say('Choose a number of days.') }
  return {
    tokens: { content: <TokensContent tokens={tokens} now={NOW} created={created} /> },
    'tokens-none': { content: <TokensContent tokens={[]} now={NOW} /> },
    'tokens-refused': {
      content: (
        <TokensContent
          tokens={[]}
          now={NOW}
          draft={{ name: say('ci'), expiresInDays: say('7'), faults, fault: say('Too many.') }}
        />
      ),
    },
  }
}

export function auditLogPages(say: Say): Record<string, Shown> {
  const typed = {
    action: 'invite.revoked',
    actor: say('ada@acme.test'),
    q: say('acme'),
    from: '2026-02-01',
    to: '2026-03-01',
  }
  const state = { ...typed, isInstall: false }
  const faults = { actor: say("The actor is a user's e-mail or id."), from: say('A day is written as 2026-01-31.') }
  const nobody = { action: '', actor: '', q: '', from: '', to: '', isInstall: true }
  return {
    'audit-log': { content: <AuditLogContent {...auditLog(say, { canSeeInstall: true })} /> },
    'audit-log-filtered': {
      content: <AuditLogContent {...auditLog(say, { state, nextCursor: say('abc'), cursor: say('xyz') })} />,
    },
    'audit-log-searched': {
      content: <AuditLogContent {...auditLog(say, { state, nextCursor: say('abc'), searchedTo: NOW })} />,
    },
    'audit-log-nothing-yet': {
      content: <AuditLogContent {...auditLog(say, { state, rows: [], nextCursor: say('abc'), searchedTo: NOW })} />,
    },
    'audit-log-refused': { content: <AuditLogContent {...auditLog(say, { state, faults, rows: [] })} /> },
    'audit-log-empty': {
      content: <AuditLogContent {...auditLog(say, { rows: [], state: nobody, canSeeInstall: true })} />,
    },
  }
}
