import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import type { Browser, Page } from 'playwright-core'
import { NARROW, openBrowser, openVisitor, stickingOut, type Visitor, WIDE } from '#test/support/browser.ts'
import { startReceiver } from '#test/support/receiver.ts'
import { renderInviteMail } from '#views/mail/invite.tsx'
import { addOperations } from './operations.ts'
import { INVITE_TOKEN, type Site, type Somebody, startSite, type Words } from './site.ts'

const PLAIN = 'plain'
const receiver = startReceiver()
const FAR = receiver.url
const HOSTILE = [
  `</title></textarea></script>"><img src="${FAR}/image" onerror="alert('image')"><script>alert('script')</script>`,
  `<svg onload=alert('svg')></svg><a href="javascript:alert('link')" autofocus onfocus="alert('focus')">x</a>`,
  `' onmouseover='alert(5)' " onfocus="alert(6)" &quot; onfocus=&quot;alert(7) &lt;b&gt; {{7*7}} \${7*7}`,
  `<link rel="stylesheet" href="${FAR}/sheet"><iframe src="${FAR}/frame"></iframe>`,
  `<div hx-get="/tokens" hx-trigger="load" hx-swap="outerHTML"></div><form action="${FAR}/form"><base href="${FAR}/">`,
].join(' ')
const HOSTILE_WORDS: Words = {
  orgName: HOSTILE,
  adminName: HOSTILE,
  memberName: HOSTILE,
  inviteEmail: `${HOSTILE}@acme.test`,
  mailError: HOSTILE,
  tokenName: HOSTILE,
  groupName: HOSTILE,
}

/** Where these texts are shown. */
const PLACES: readonly [path: string, who: Somebody][] = [
  ['/members', 'admin'],
  ['/tokens', 'admin'],
  ['/groups', 'admin'],
  ['/groups/1', 'admin'],
  ['/orgs', 'admin'],
  ['/settings/organization', 'admin'],
  ['/audit-log', 'admin'],
  ['/account', 'viewer'],
  [`/accept-invite?token=${INVITE_TOKEN}`, 'nobody'],
  [`/accept-invite?token=${INVITE_TOKEN}`, 'viewer'],
]

/** Beside markup: what turns the words after it around, and a word longer than any line. */
const WORST = `${HOSTILE} \u202egnp.exe\u2066 ${'w'.repeat(10_000)}`
/** Where the words of receivers, servers and stores are shown, and those of whoever set them up. */
const ROOMS = ['/smtp', '/webhooks', '/webhooks/1', '/webhooks/2', '/backups', '/usage?period=today', '/health']

/** What a stranger can have somebody open. */
const ADDRESSES: readonly [path: (word: string) => string, who: Somebody, refusal?: number][] = [
  [(word) => `/login?email=${word}&next=/x${word.replaceAll('%20', '/')}`, 'nobody'],
  [(word) => `/login?next=${word}`, 'nobody'],
  [(word) => `/setup?token=${word}`, 'nobody', 410],
  [(word) => `/accept-invite?token=${word}`, 'nobody', 410],
  [(word) => `/reset-password?token=${word}`, 'nobody', 410],
  [(word) => `/members?q=${word}`, 'admin'],
  [(word) => `/members?filter=${word}&invite=1&email=${word}&role=${word}`, 'admin'],
  [(word) => `/groups?q=${word}&cursor=${word}`, 'admin'],
  [(word) => `/groups/1?q=${word}`, 'admin'],
  [(word) => `/audit-log?q=${word}`, 'admin'],
  [(word) => `/audit-log?action=${word}&actor=${word}&from=${word}&to=${word}`, 'admin', 422],
  [(word) => `/webhooks/1?status=${word}&event=${word}`, 'admin'],
  [(word) => `/webhooks?create=${word}`, 'admin'],
  [(word) => `/health?range=${word}`, 'admin'],
  [(word) => `/usage?period=${word}`, 'admin', 422],
  [(word) => `/${word}`, 'admin', 404],
]

let browser: Browser
let plain: Site
let hostile: Site
const visitors = new Map<string, Visitor>()
beforeAll(async () => {
  browser = await openBrowser()
  plain = await startSite()
  hostile = await startSite({ words: HOSTILE_WORDS })
  await addOperations(plain, 'harmless')
  await addOperations(hostile, WORST)
})
afterAll(async () => {
  await browser.close()
  for (const one of [plain, hostile, receiver]) await one[Symbol.asyncDispose]()
})

describe('texts that people choose', () => {
  for (const [path, who] of PLACES) {
    test(`stay texts on ${path.replace(/\?.*/, '')} for ${who}`, async () => {
      const expected = await skeletonAt(plain, who, path)
      const visitor = await visitorOf(hostile, who)
      await visitor.page.goto(path)
      expect(await visitor.page.locator('body').textContent()).toContain(HOSTILE)
      await expectInert(visitor, expected)
    })
  }

  for (const path of ROOMS) {
    test(`stay texts on ${path}, and inside of a narrow window`, async () => {
      const expected = await skeletonAt(plain, 'admin', path)
      const visitor = await visitorOf(hostile, 'admin')
      const { page } = visitor
      await page.goto(path)
      expect((await page.content()).includes('w'.repeat(100))).toBe(true)
      await expectInert(visitor, expected)
      for (const details of await page.locator('#main details').all())
        await details.evaluate((one) => one.setAttribute('open', ''))
      for (const size of [NARROW, WIDE]) {
        await page.setViewportSize(size)
        expect([size.width, await stickingOut(page)]).toEqual([size.width, []])
      }
    })
  }

  test('stay texts where a fragment replaces a part of the page', async () => {
    const search = async (site: Site, words: string) => {
      const visitor = await site.visit(browser, 'admin')
      await visitor.page.goto('/members')
      await visitor.page.getByRole('searchbox').first().fill(words)
      await visitor.page.getByText('Nobody found').waitFor()
      return visitor
    }
    await using control = await search(plain, 'zzz')
    // The field takes 200 characters.
    await using visitor = await search(plain, HOSTILE.slice(0, 200))
    await expectInert(visitor, await skeleton(control.page))
  })

  test('stay texts in the HTML of a mail', async () => {
    const mail = (word: string) => ({
      orgName: word,
      inviterName: word,
      role: 'viewer' as const,
      acceptUrl: `${plain.origin}/accept-invite?token=x`,
      expiresAt: plain.app.ctx.clock.now(),
    })
    await using visitor = await plain.visit(browser, 'nobody')
    await visitor.page.setContent(renderInviteMail(mail(PLAIN)).html)
    const expected = await skeleton(visitor.page)
    await visitor.page.setContent(renderInviteMail(mail(HOSTILE)).html)
    expect(await visitor.page.locator('body').textContent()).toContain(HOSTILE)
    await expectInert(visitor, expected)
  })
})

describe('addresses that a stranger makes up', () => {
  for (const [path, who, refusal] of ADDRESSES) {
    test(`add nothing to the page at ${path('…')} for ${who}`, async () => {
      const refusals = refusal === undefined ? [] : [refusal]
      const expected = await skeletonAt(plain, who, path(PLAIN), refusals)
      const visitor = await visitorOf(plain, who)
      visitor.expectRefusal(...refusals)
      await visitor.page.goto(path(encodeURIComponent(HOSTILE)))
      await expectInert(visitor, expected)
    })
  }

  for (const next of [
    'javascript:alert(1)',
    `${FAR}/stolen`,
    `//${FAR.slice(7)}`,
    `/\\${FAR.slice(7)}`,
    '/\t/evil.test',
  ]) {
    test(`lead nowhere else after a sign-in: ${JSON.stringify(next)}`, async () => {
      const visitor = await visitorOf(plain, 'admin')
      await visitor.page.goto(`/login?next=${encodeURIComponent(next)}`)
      expect(new URL(visitor.page.url()).origin).toBe(plain.origin)
      expect(visitor.faults()).toEqual([])
    })
  }

  for (const tone of ['danger', '"><img src=x onerror=alert(1)>']) {
    test(`cannot plant markup in a toast: a cookie with the tone ${tone}`, async () => {
      const page = async (text: string) => {
        const visitor = await plain.visit(browser, 'nobody')
        const value = Buffer.from(JSON.stringify({ tone, text })).toString('base64url')
        await visitor.context.addCookies([{ name: 'hf_toast', value, url: plain.origin }])
        await visitor.page.goto('/login')
        return visitor
      }
      await using control = await page(PLAIN)
      await using visitor = await page(HOSTILE.slice(0, 290))
      expect(await control.page.getByText(PLAIN, { exact: true }).count()).toBe(tone === 'danger' ? 1 : 0)
      await expectInert(visitor, await skeleton(control.page))
    })
  }
})

describe('the same texts on a page that does not escape', () => {
  const serve = (headers: Record<string, string>) =>
    Bun.serve({
      hostname: '127.0.0.1',
      port: 0,
      fetch: () =>
        new Response(`<!doctype html><p>${HOSTILE}</p>`, { headers: { 'content-type': 'text/html', ...headers } }),
    })

  test('open a dialog, ask elsewhere and make elements: the witness sees each', async () => {
    await using bare = serve({})
    await using visitor = await openVisitor(browser, `http://127.0.0.1:${bare.port}`)
    await visitor.page.goto('/')
    await visitor.page.waitForTimeout(500)
    const faults = visitor.faults().join('\n')
    expect(faults).toContain('dialog: script')
    expect(faults).toContain(`a request to elsewhere: GET ${FAR}/image`)
    expect(faults).toContain('has the CSP ""')
    expect(receiver.requests.map(({ path }) => path)).toContain('/image')
    expect(await skeleton(visitor.page)).toContain('IMG[onerror,src]')
    receiver.requests.length = 0
  })

  test('are stopped by the CSP, and the witness reports that too', async () => {
    const page = await fetch(`${plain.origin}/login`)
    await using guarded = serve({ 'content-security-policy': page.headers.get('content-security-policy') ?? '' })
    await using visitor = await openVisitor(browser, `http://127.0.0.1:${guarded.port}`)
    await visitor.page.goto('/')
    await visitor.page.waitForTimeout(500)
    const faults = visitor.faults().join('\n')
    expect(faults).toContain('Content Security Policy')
    expect(faults).not.toContain('dialog')
    expect(receiver.requests).toEqual([])
  })
})

/** One browser for each person at each site: a fresh one for each page takes longer than the page. Faults stay in it. */
async function visitorOf(site: Site, who: Somebody): Promise<Visitor> {
  const key = `${site.origin} ${who}`
  const visitor = visitors.get(key) ?? (await site.visit(browser, who))
  visitors.set(key, visitor)
  return visitor
}

async function skeletonAt(site: Site, who: Somebody, path: string, refusals: number[] = []): Promise<string> {
  const visitor = await visitorOf(site, who)
  visitor.expectRefusal(...refusals)
  await visitor.page.goto(path)
  return await skeleton(visitor.page)
}

/** No element and no attribute more than with harmless words, and nothing happened. */
async function expectInert(visitor: Visitor, expected: string): Promise<void> {
  expect(await skeleton(visitor.page)).toBe(expected)
  expect(await visitor.page.locator('[href^="javascript:" i], [action^="javascript:" i]').count()).toBe(0)
  expect(visitor.faults()).toEqual([])
  expect(receiver.requests).toEqual([])
}

/** Every element of a page with the names of its attributes, without a word of its text. */
async function skeleton(page: Page): Promise<string> {
  return await page.evaluate(() =>
    [...document.querySelectorAll('*')].map((one) => `${one.tagName}[${one.getAttributeNames().sort()}]`).join('\n'),
  )
}
