import { describe, expect, test } from 'bun:test'
import { InviteRow } from '#views/members/invite-row.tsx'
import { membersHref } from '#views/members/list-state.tsx'
import { MemberRow } from '#views/members/member-row.tsx'
import { MembersCard, MembersContent } from '#views/members/members-page.tsx'
import { render } from '#views/render.ts'
import { hoursFromNow, inviteRow, memberRow, members, NOW } from './gallery-data.tsx'
import { elementsOf, textOf, valuesOf } from './markup.ts'

const say = (text: string) => text
const state = { filter: 'all', q: '' } as const
const context = { orgName: 'Acme', state, now: NOW, canEdit: true, canSendMail: true }

function inviteText(more: Parameters<typeof inviteRow>[1]): string {
  return textOf(render(<InviteRow {...inviteRow(say, more)} {...context} />))
}

describe('a row of an invitation', () => {
  test('tells who invited and when the link dies', () => {
    expect(inviteText({})).toContain('Invited by Ada Lovelace, expires in 6 days')
  })

  test('shows that the mail failed, with the words of the server', () => {
    const text = inviteText({ mail: 'failed', mailError: '550 no such user' })
    expect(text).toContain('mail failed: 550 no such user')
    expect(text).toContain('Not delivered')
  })

  test('that expired cannot be sent again, but its address can be invited anew', () => {
    const html = render(
      <InviteRow {...inviteRow(say, { isExpired: true, expiresAt: hoursFromNow(-72) })} {...context} />,
    )
    expect(textOf(html)).toContain('expired 3 days ago')
    expect(valuesOf(html, 'form', 'action')).toEqual([])
    expect(valuesOf(html, 'a', 'href')).toEqual(['/members?invite=1&email=rin%40acme.test&role=analyst'])
  })

  test('can be sent again and revoked, and the question names the person', () => {
    const html = render(<InviteRow {...inviteRow(say)} {...context} />)
    expect(valuesOf(html, 'form', 'action')).toEqual(['/members/invites/1/resend', '/members/invites/1/revoke'])
    expect(textOf(html)).toContain('Revoke the invitation for rin@acme.test?')
  })

  test('makes a link where no mail can be sent', () => {
    const html = render(<InviteRow {...inviteRow(say)} {...context} canSendMail={false} />)
    expect(textOf(html)).toContain('Make a new link')
    expect(textOf(html)).not.toContain('Resend')
  })

  test('offers nothing to those who may not invite', () => {
    const html = render(<InviteRow {...inviteRow(say)} {...context} canEdit={false} />)
    expect(elementsOf(html).filter(({ tag }) => ['button', 'form', 'dialog'].includes(tag))).toEqual([])
  })
})

describe('a row of a member', () => {
  test('offers a role and removal, and the question names the person and the org', () => {
    const html = render(<MemberRow {...memberRow(say)} {...context} />)
    expect(valuesOf(html, 'form', 'action')).toEqual(['/members/1/role', '/members/1/remove'])
    expect(textOf(html)).toContain('Remove Ada Lovelace from Acme?')
  })

  test('of the last admin offers neither, and says why', () => {
    const html = render(<MemberRow {...memberRow(say, { isLastAdmin: true })} {...context} />)
    expect(valuesOf(html, 'form', 'action')).toEqual([])
    expect(textOf(html)).toContain('Acme needs an admin')
  })

  test('of oneself speaks of leaving', () => {
    const text = textOf(render(<MemberRow {...memberRow(say, { isSelf: true })} {...context} />))
    expect(text).toContain('Leave Acme?')
    expect(text).not.toContain('Remove')
  })

  test('without a name shows the address in its place', () => {
    const text = textOf(render(<MemberRow {...memberRow(say, { name: '' })} {...context} />))
    expect(text).toStartWith('A ada@acme.test No name yet')
  })
})

describe('the list', () => {
  test('keeps its filter and search in every form and link', () => {
    const html = render(
      <MembersCard {...members(say, { state: { filter: 'pending', q: 'a&b' }, nextCursor: 'n/1' })} />,
    )
    const forms = elementsOf(html).filter(({ tag }) => tag === 'form').length
    expect(valuesOf(html, 'input', 'value').filter((value) => value === 'pending')).toHaveLength(forms)
    expect(valuesOf(html, 'input', 'value').filter((value) => value === 'a&b')).toHaveLength(forms)
    expect(valuesOf(html, 'a', 'href')).toContain('/members?filter=pending&q=a%26b&cursor=n%2F1')
    expect(valuesOf(html, 'a', 'href')).toContain('/members?q=a%26b')
  })

  test('leads to the invite form without scripts, and only those who may invite', () => {
    const html = render(<MembersContent {...members(say)} />)
    expect(valuesOf(html, 'a', 'href')).toContain('/members?invite=1')
    const readOnly = render(<MembersContent {...members(say, { canInvite: false, canEditMembers: false })} />)
    expect(valuesOf(readOnly, 'a', 'href')).not.toContain('/members?invite=1')
    expect(valuesOf(readOnly, 'form', 'action')).toEqual(['/members'])
  })

  test('opens the invite form with what was typed after a refusal', () => {
    const draft = { email: 'rin@acme', role: 'analyst', faults: { email: 'This is no e-mail address.' } } as const
    const html = render(<MembersCard {...members(say, { draft })} />)
    const dialog = elementsOf(html).find(({ attributes }) => attributes.get('id') === 'invite-dialog')
    const chosen = elementsOf(html).filter(({ attributes }) => attributes.has('checked'))
    expect(dialog?.attributes.has('open')).toBe(true)
    expect(valuesOf(html, 'input', 'value')).toContain('rin@acme')
    // The form for a list stands beside it, as fresh.
    expect(chosen.map(({ attributes }) => attributes.get('value'))).toEqual(['analyst', 'viewer'])
  })

  test('shows an accept link whole, where there is one', () => {
    const url = 'https://hf.test/accept-invite?token=abc&x=1'
    const html = render(<MembersCard {...members(say, { issuedLink: { email: 'rin@acme.test', url } })} />)
    expect(valuesOf(html, 'input', 'value')).toContain(url)
  })

  test('has an address for each state, the plain one for the first', () => {
    expect(membersHref({ filter: 'all', q: '' })).toBe('/members')
    expect(membersHref({ filter: 'expired', q: 'a b' })).toBe('/members?filter=expired&q=a+b')
  })
})
