import { HOUR_MS } from '#lib/clock.ts'
import type { AuditLogProps } from '#views/audit-log/audit-log-page.tsx'
import type { EventRowProps } from '#views/audit-log/event-row.tsx'
import type { Theme } from '#views/document.tsx'
import type { Shell } from '#views/layout.tsx'
import type { Invitation } from '#views/members/accept-invite.tsx'
import type { InviteRowProps } from '#views/members/invite-row.tsx'
import type { MemberRowProps } from '#views/members/member-row.tsx'
import type { MembersProps } from '#views/members/members-page.tsx'
import type { TokenRowProps } from '#views/tokens/token-row.tsx'
import type { UserRowProps } from '#views/users/user-row.tsx'
import type { UsersProps } from '#views/users/users-page.tsx'

/** Stands for a person who writes `text`; a test may write something else in its place. */
export type Say = (text: string) => string

export const NOW = new Date('2026-03-01T12:00:00Z')

export function hoursFromNow(hours: number): Date {
  return new Date(NOW.getTime() + hours * HOUR_MS)
}

export function shellOf(say: Say, theme: Theme, orgCount: number): Shell {
  const orgs = [
    { id: 1, name: say('Acme Analytics'), address: say('acme.app.example.com'), isCurrent: true },
    { id: 2, name: say('Beta Bakery'), address: say('beta.app.example.com'), isCurrent: false },
  ]
  return {
    viewer: { name: say('Ada Lovelace'), email: say('ada@acme.test') },
    orgs: orgs.slice(0, orgCount),
    navigation: [
      {
        label: 'Workspace',
        entries: [{ label: 'Members', href: '/members', icon: 'users', isCurrent: true }],
      },
      {
        label: 'You',
        entries: [{ label: 'Account', href: '/account', icon: 'user-circle', isCurrent: false }],
      },
    ],
    theme,
    path: say('/members?filter=pending&q=a'),
  }
}

export function memberRow(say: Say, more: Partial<MemberRowProps> = {}): MemberRowProps {
  return {
    userId: 1,
    name: say('Ada Lovelace'),
    email: say('ada@acme.test'),
    role: 'admin',
    isActive: true,
    lastActiveAt: hoursFromNow(-2),
    isSelf: false,
    isLastAdmin: false,
    ...more,
  }
}

export function inviteRow(say: Say, more: Partial<InviteRowProps> = {}): InviteRowProps {
  return {
    inviteId: 1,
    email: say('rin@acme.test'),
    role: 'analyst',
    isExpired: false,
    invitedBy: say('Ada Lovelace'),
    expiresAt: hoursFromNow(145),
    mail: 'sent',
    mailError: undefined,
    ...more,
  }
}

function allRows(say: Say): MembersProps['rows'] {
  return [
    memberRow(say, { isSelf: true, isLastAdmin: true }),
    memberRow(say, { userId: 2, isSelf: true }),
    memberRow(say, { userId: 3, name: '', lastActiveAt: undefined, email: say(`${'long.'.repeat(12)}@acme.test`) }),
    memberRow(say, { userId: 4, isActive: false }),
    inviteRow(say),
    inviteRow(say, { inviteId: 2, mail: 'failed', mailError: say('550 5.1.1 <sam@acme.test>: User unknown') }),
    inviteRow(say, { inviteId: 3, mail: 'queued', invitedBy: undefined }),
    inviteRow(say, { inviteId: 4, mail: 'link' }),
    inviteRow(say, { inviteId: 5, isExpired: true, expiresAt: hoursFromNow(-300) }),
  ]
}

export function members(say: Say, more: Partial<MembersProps> = {}): MembersProps {
  return {
    orgName: say('Acme Analytics'),
    state: { filter: 'all', q: '' },
    counts: { all: 9, members: 4, pending: 4, expired: 1 },
    pendingFound: 4,
    bulkMax: 200,
    rows: allRows(say),
    nextCursor: undefined,
    canEditMembers: true,
    canInvite: true,
    canSendMail: true,
    now: NOW,
    ...more,
  }
}

export function tokenRow(say: Say, more: Partial<TokenRowProps> = {}): TokenRowProps {
  return {
    id: 1,
    name: say('ci-pipeline'),
    tail: say('x9Qa'),
    createdAt: hoursFromNow(-400),
    expiresAt: hoursFromNow(900),
    lastUsedAt: hoursFromNow(-1),
    ...more,
  }
}

export function userRow(say: Say, more: Partial<UserRowProps> = {}): UserRowProps {
  return {
    id: 1,
    name: say('Ada Lovelace'),
    email: say('ada@acme.test'),
    standing: 'active',
    isSuperadmin: false,
    passwordExpiresAt: undefined,
    lastSignInAt: hoursFromNow(-2),
    orgs: [{ name: say('Acme Analytics'), role: 'admin' }],
    canSendMail: true,
    isSelf: false,
    obstacle: undefined,
    ...more,
  }
}

function accounts(say: Say): readonly UserRowProps[] {
  const orgs = ['Acme Analytics', 'Beta Bakery', 'Gamma Garden', 'Delta Docks'].map((name) => ({
    ...{ name: say(name), role: 'viewer' as const },
  }))
  return [
    userRow(say, { isSelf: true, isSuperadmin: true, obstacle: say('This is you.') }),
    userRow(say, { id: 2, name: '', email: say(`${'long.'.repeat(12)}@acme.test`), lastSignInAt: undefined }),
    userRow(say, { id: 3, canSendMail: false, standing: 'reset_due', passwordExpiresAt: hoursFromNow(20) }),
    userRow(say, { id: 4, standing: 'reset_due', passwordExpiresAt: hoursFromNow(-3) }),
    userRow(say, { id: 5, standing: 'reset_due' }),
    userRow(say, { id: 6, standing: 'deactivated', lastSignInAt: hoursFromNow(-9000) }),
    userRow(say, { id: 7, orgs, obstacle: say('Also belongs to another organization.') }),
    userRow(say, { id: 8, orgs: [] }),
  ]
}

export function accountsOf(say: Say, more: Partial<UsersProps> = {}): UsersProps {
  return {
    orgName: say('Acme Analytics'),
    state: { isEverywhere: false, filter: 'all', q: '' },
    counts: { all: 8, active: 4, reset_due: 3, deactivated: 1 },
    rows: accounts(say),
    nextCursor: undefined,
    canEdit: true,
    canSeeEverywhere: false,
    now: NOW,
    ...more,
  }
}

export function invitation(say: Say): Invitation {
  return {
    token: say('tok_abc'),
    orgName: say('Acme Analytics'),
    email: say('rin@acme.test'),
    role: 'analyst',
    invitedBy: say('Ada Lovelace'),
    expiresAt: hoursFromNow(145),
    now: NOW,
  }
}

export function eventRow(say: Say, more: Partial<EventRowProps> = {}): EventRowProps {
  return {
    eventId: '019c1a2b-3c4d-7e5f-8a9b-0c1d2e3f4a5b',
    action: 'invite.created',
    fallback: 'A person was invited to the organization.',
    actorKind: 'person',
    actorLabel: say('ada@acme.test'),
    detail: { invite_id: 4, email: say('rin@acme.test'), role: 'analyst' },
    address: say('192.0.2.1'),
    requestId: say('019c1a2b-3c00-7e5f-8a9b-0c1d2e3f4a5b'),
    at: hoursFromNow(-2),
    ...more,
  }
}

export function auditLog(say: Say, more: Partial<AuditLogProps> = {}): AuditLogProps {
  return {
    orgName: say('Acme Analytics'),
    canSeeInstall: false,
    retentionDays: 90,
    state: { action: '', actor: '', q: '', from: '', to: '', isInstall: false },
    actions: [
      { action: 'invite.created', sentence: 'A person was invited to the organization' },
      { action: 'invite.revoked', sentence: 'An invitation was revoked' },
      { action: 'member.removed', sentence: 'A member was removed from the organization' },
    ],
    suggested: [say('ada@acme.test'), say('grace@acme.test')],
    faults: {},
    rows: eventRows(say),
    nextCursor: undefined,
    emails: new Map([[7, say('grace@acme.test')]]),
    now: NOW,
    ...more,
  }
}

function eventRows(say: Say): readonly EventRowProps[] {
  const at = (hours: number, n: number) => ({
    at: hoursFromNow(hours),
    eventId: `019c1a2b-3c4d-7e5f-8a9b-00000000000${n}`,
  })
  return [
    eventRow(say),
    eventRow(say, {
      ...at(-3, 1),
      action: 'member.role_changed',
      detail: { user_id: 7, from: 'viewer', to: 'designer' },
    }),
    eventRow(say, {
      ...at(-30, 2),
      action: 'group.renamed',
      detail: { group_id: 1, from: say('n'.repeat(90)), to: say('Sales') },
    }),
    eventRow(say, {
      ...at(-50, 3),
      ...{
        actorKind: 'job',
        actorLabel: say('019c1a2b-0000-7e5f-8a9b-0c1d2e3f4a5b'),
        address: undefined,
        requestId: undefined,
      },
      ...{
        action: 'invite.mail_failed',
        detail: { email: say('sam@acme.test'), error: say('550 5.1.1 User unknown') },
      },
    }),
    eventRow(say, {
      ...at(-70, 4),
      action: 'later.invented',
      fallback: '',
      detail: { [say('any')]: say('x'.repeat(120)) },
    }),
  ]
}
