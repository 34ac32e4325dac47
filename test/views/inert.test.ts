import { describe, expect, test } from 'bun:test'
import { renderInviteMail } from '#views/mail/invite.tsx'
import { renderPasswordResetMail } from '#views/mail/password-reset.tsx'
import { gallery } from './gallery.tsx'
import { NOW } from './gallery-data.tsx'
import { elementsOf, shapeOf } from './markup.ts'

const HOSTILE = [
  '<img src=x onerror=alert(1)>',
  '"><script>alert(1)</script>',
  `' onmouseover='alert(1)`,
  '" autofocus onfocus="alert(1)',
  '</title></textarea></select></dialog><svg onload=alert(1)>',
  '&quot; onclick=&quot;alert(1)',
  '&lt;script&gt;alert(1)&lt;/script&gt;',
  '<!--',
  ']]>',
  '<hx-partial hx-get="/account" hx-trigger="load">x</hx-partial>',
  '<hx-x hx-get=/account hx-trigger=load>',
  '<head>x</head>',
  '{{7*7}}',
]

/** Addresses that would run as scripts; alone, so that nothing before them makes them harmless. */
const HOSTILE_ADDRESSES = [
  'javascript:alert(1)',
  '&#106;avascript:alert(1)',
  ' java\tscript:alert(1)',
  'data:text/html,<script>1</script>',
]

const ADDRESSES = ['href', 'src', 'action', 'formaction', 'hx-get', 'hx-post', 'xlink:href']

const plain = gallery((text) => text, 'light')
const shapes = mapped(plain, shapeOf)
const rewrittenShapes = mapped(plain, (html) => shapeOf(rewritten(html)))

/** Every page with these words behind each text, and the texts. */
const spoilt = HOSTILE.map((hostile) => {
  const said = new Set<string>()
  const pages = gallery((text) => {
    said.add(text + hostile)
    return text + hostile
  }, 'light')
  return { hostile, said, pages }
})

function mapped<T>(pages: ReadonlyMap<string, string>, change: (html: string) => T): Map<string, T> {
  return new Map([...pages].map(([name, html]) => [name, change(html)]))
}

describe('what people write', () => {
  for (const { hostile, pages } of spoilt) {
    test(`${hostile} stays inert after htmx has rewritten the source`, () => {
      for (const [name, html] of pages) {
        expect([name, shapeOf(rewritten(html))]).toEqual([name, rewrittenShapes.get(name) ?? []])
      }
    })
  }

  test('the rewriting breaks out of a value that is escaped for HTML only', () => {
    const html = '<input value="<hx-x hx-get=/account hx-trigger=load>">'
    expect(elementsOf(html)[0]?.attributes.has('hx-get')).toBe(false)
    expect(elementsOf(rewritten(html))[0]?.attributes.has('hx-get')).toBe(true)
  })

  for (const { hostile, said, pages } of spoilt) {
    test(`${hostile} adds no element and no attribute to any page`, () => {
      for (const [name, html] of pages) expect([name, shapeOf(html)]).toEqual([name, shapes.get(name) ?? []])
    })

    test(`${hostile} comes back in a field as it was typed`, () => {
      const typed = elementsOf(pages.get('setup-refused') ?? '')
        .filter(({ tag, attributes }) => tag === 'input' && attributes.get('id')?.startsWith('setup-'))
        .flatMap(({ attributes }) => attributes.get('value') ?? [])
      expect(typed).toHaveLength(3)
      for (const value of typed) expect(said.has(value)).toBe(true)
    })
  }

  for (const hostile of HOSTILE_ADDRESSES) {
    test(`${hostile} is the address of nothing`, () => {
      for (const [name, html] of gallery(() => hostile, 'light')) {
        const strange = addressesOf(html).filter((address) => !/^[/#][^/\\]*/.test(address) && address !== '/')
        expect([name, strange]).toEqual([name, []])
      }
    })
  }

  test('the shapes tell a page that was broken into from one that was not', () => {
    const html = plain.get('login-refused') ?? ''
    const broken = html.replace('value="ada@acme.test"', 'value="ada@acme.test" onfocus="x"')
    expect(broken).not.toBe(html)
    expect(shapeOf(broken)).not.toEqual(shapeOf(html))
  })

  for (const hostile of HOSTILE) {
    test(`${hostile} adds nothing to a mail`, () => {
      const shapes = [(text: string) => text, (text: string) => text + hostile].map((say) => [
        shapeOf(renderInviteMail(inviteProps(say)).html),
        shapeOf(
          renderPasswordResetMail({ resetUrl: say('https://hf.test/reset-password?token=x'), expiresAt: NOW }).html,
        ),
      ])
      expect(shapes[1]).toEqual(shapes[0] ?? [])
    })
  }
})

function inviteProps(say: (text: string) => string) {
  return {
    orgName: say('Acme'),
    inviterName: say('Ada'),
    role: 'viewer',
    acceptUrl: say('https://hf.test/accept-invite?token=x'),
    expiresAt: NOW,
  } as const
}

function addressesOf(html: string): string[] {
  return elementsOf(html).flatMap(({ attributes }) => ADDRESSES.flatMap((name) => attributes.get(name) ?? []))
}

/** What htmx 4 does to the text of a fragment before it is parsed. */
function rewritten(html: string): string {
  return html
    .replace(/<hx-([a-z]+)(\s+|>)/gi, '<template hx type="$1"$2')
    .replace(/<\/hx-[a-z]+>/gi, '</template>')
    .replace(/<head(\s[^>]*)?>[\s\S]*?<\/head>/i, '')
}
