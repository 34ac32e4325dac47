import { page } from '#views/layout.tsx'
import { MembersContent } from '#views/members/members-page.tsx'

// Renders the page of the product, whole, from an array: what is left when nothing is asked and nobody is checked.
type Person = { id: number; name: string; email: string; role: 'admin' | 'analyst' }

const [port, json = '[]'] = process.argv.slice(2)
const people: Person[] = JSON.parse(json)
const counts = { all: people.length, members: people.length, pending: 0, expired: 0 }

const rows = people.map(({ id, name, email, role }, place) => ({
  ...{ userId: id, name, email, role, isActive: true },
  ...{ lastActiveAt: place === 0 ? new Date() : undefined, isSelf: place === 0, isLastAdmin: place === 0 },
}))

const shell = {
  viewer: { name: 'Ada Byron', email: 'ada@example.com' },
  orgs: [{ id: 1, name: 'acme', address: 'acme.app.honeyframe.io', isCurrent: true }],
  navigation: [
    {
      label: 'Workspace',
      entries: [{ label: 'Members', href: '/members', icon: 'users', isCurrent: true }],
    },
    {
      label: 'You',
      entries: [
        { label: 'Account', href: '/account', icon: 'user-circle', isCurrent: false },
        { label: 'Access tokens', href: '/tokens', icon: 'key', isCurrent: false },
      ],
    },
  ],
  theme: 'auto',
  path: '/members',
} as const

Bun.serve({
  hostname: '127.0.0.1',
  port: Number(port),
  development: false,
  routes: { '/members': () => new Response(html(), { headers: { 'content-type': 'text/html; charset=utf-8' } }) },
})

function html(): string {
  const state = { filter: 'all', q: '' } as const
  const none = { pendingFound: 0, bulkMax: 200 }
  const rights = { canEditMembers: true, canInvite: true, canSendMail: false }
  const props = { orgName: 'acme', state, counts, rows, nextCursor: undefined, ...none, ...rights, now: new Date() }
  return page({ title: 'Members', section: 'Workspace', shell, toasts: [], children: MembersContent(props) })
}
