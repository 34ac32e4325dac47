import { UsersContent, type UsersProps } from '#views/users/users-page.tsx'
import { accountsOf, hoursFromNow, type Say } from './gallery-data.tsx'

type Shown = Readonly<{ content: JSX.Element; orgs?: number }>

export function usersPages(say: Say): Record<string, Shown> {
  const shown = (more: Partial<UsersProps>): Shown => ({ content: <UsersContent {...accountsOf(say, more)} /> })
  const state = { isEverywhere: false, filter: 'all', q: '' } as const
  const issued = { email: say('rin@acme.test'), password: say('7k2mp-q9xw4-h3tzd-0a8nv'), expiresAt: hoursFromNow(24) }
  const everywhere = { isEverywhere: true, filter: 'active', q: say('acme') } as const
  return {
    users: shown({}),
    'users-everywhere': shown({
      ...{ state: everywhere, canSeeEverywhere: true },
      ...{ nextCursor: say('abc'), cursor: say('xyz') },
    }),
    'users-read-only': shown({ canEdit: false }),
    'users-issued': shown({ issued }),
    'users-refused': shown({
      renameDraft: { id: 2, name: say('n'.repeat(90)), fault: say('A name has 1 character.') },
    }),
    'users-not-found': shown({ rows: [], state: { ...state, q: say('zebra') } }),
    'users-none-active': shown({ rows: [], state: { ...state, filter: 'active' } }),
    'users-none-due': shown({ rows: [], state: { ...state, filter: 'reset_due' } }),
    'users-none-deactivated': shown({ rows: [], state: { ...state, filter: 'deactivated' } }),
  }
}
