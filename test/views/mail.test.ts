import { describe, expect, test } from 'bun:test'
import { renderInviteMail } from '#views/mail/invite.tsx'
import { renderPasswordResetMail } from '#views/mail/password-reset.tsx'
import { renderTemporaryPasswordMail } from '#views/mail/temporary-password.tsx'
import { NOW } from './gallery-data.tsx'
import { textOf, valuesOf } from './markup.ts'

const LINK = `https://honeyframe.acme.test/accept-invite?token=${'a'.repeat(43)}`
const invite = { orgName: 'Acme', inviterName: 'Ada', role: 'analyst', acceptUrl: LINK, expiresAt: NOW } as const

describe('an invitation by mail', () => {
  test('says who invites, where to and as what', () => {
    const mail = renderInviteMail(invite)
    expect(mail.subject).toBe('Ada invites you to Acme')
    for (const text of [mail.text, textOf(mail.html)]) expect(text).toContain('Ada invites you to Acme as analyst.')
  })

  test('has the link whole on a line of its own, in both parts', () => {
    const mail = renderInviteMail(invite)
    expect(mail.text.split('\n')).toContain(LINK)
    expect(valuesOf(mail.html, 'a', 'href')).toEqual([LINK, LINK])
  })

  test('says until when the link works', () => {
    expect(renderInviteMail(invite).text).toContain('until 2026-03-01 12:00 UTC')
  })

  test('keeps a name with line breaks on its line, in the subject too', () => {
    const mail = renderInviteMail({ ...invite, orgName: 'Acme\r\n\r\nhttps://elsewhere.test/login' })
    expect(mail.subject).not.toMatch(/[\r\n]/)
    expect(mail.text.split('\n').filter((line) => line.startsWith('https://'))).toEqual([LINK])
  })

  test('loads nothing', () => {
    const { html } = renderInviteMail(invite)
    expect(html).not.toMatch(/<(img|link|script|iframe|style)\b|url\(/)
  })
})

describe('a reset by mail', () => {
  test('has the link whole on a line, and says what to do about a mail nobody asked for', () => {
    const resetUrl = 'https://honeyframe.acme.test/reset-password?token=abc'
    const mail = renderPasswordResetMail({ resetUrl, expiresAt: NOW })
    expect(mail.text.split('\n')).toContain(resetUrl)
    expect(mail.text).toContain('You did not ask for it?')
    expect(valuesOf(mail.html, 'a', 'href')).toEqual([resetUrl, resetUrl])
  })
})

describe('a temporary password by mail', () => {
  const signInUrl = 'https://honeyframe.acme.test/login'
  const props = { resetBy: 'Ada', password: '7k2mp-q9xw4-h3tzd-0a8nv', signInUrl, expiresAt: NOW }

  test('stands whole on a line of its own, as does the link, and says until when it works', () => {
    const mail = renderTemporaryPasswordMail(props)
    expect(mail.text.split('\n')).toEqual(expect.arrayContaining([props.password, signInUrl]))
    expect(mail.text).toContain('until 2026-03-01 12:00 UTC')
    expect(textOf(mail.html)).toContain(props.password)
    expect(valuesOf(mail.html, 'a', 'href')).toEqual([signInUrl, signInUrl])
    expect(mail.subject).not.toContain(props.password)
  })

  test('keeps the name of whoever reset it on its line', () => {
    const mail = renderTemporaryPasswordMail({ ...props, resetBy: 'Ada\r\n\r\nhttps://elsewhere.test' })
    expect(mail.text.split('\n').filter((line) => line.startsWith('https://'))).toEqual([signInUrl])
    expect(renderTemporaryPasswordMail({ ...props, resetBy: '<b>Ada' }).html).not.toContain('<b>')
  })
})
