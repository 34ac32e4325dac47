import { resolve } from 'node:path'
import {
  type Browser,
  type BrowserContext,
  type ConsoleMessage,
  chromium,
  type Page,
  type Response,
} from 'playwright-core'

/**
 * A name that the test browser finds on loopback, with all names below it, but that is no loopback name: there Chromium sends no
 * `Sec-Fetch-*`.
 */
export const PLAIN_NAME = 'honeyframe.test'
export const WIDE = { width: 1440, height: 900 }
export const NARROW = { width: 360, height: 740 }

const PICTURES = resolve('test-results')
const TIMEOUT_MS = 30_000
/** Nothing but loopback can be found, whatever a page asks for. */
const HOST_RULES = `MAP ${PLAIN_NAME} 127.0.0.1, MAP *.${PLAIN_NAME} 127.0.0.1, MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1`
const CSP: Readonly<Record<string, string>> = {
  'default-src': "'self'",
  'script-src': "'self'",
  'style-src': "'self'",
  'img-src': "'self' data:",
  'object-src': "'none'",
  'frame-ancestors': "'none'",
  'base-uri': "'none'",
  'form-action': "'self'",
}

/** A real Chromium, headless: without its windows and menus where that build is installed, for less than half of the work. */
export async function openBrowser(): Promise<Browser> {
  return await chromium.launch({
    executablePath: Bun.which('chromium-headless-shell') ?? Bun.which('chromium') ?? '/usr/bin/chromium',
    args: [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--disable-background-networking',
      `--host-resolver-rules=${HOST_RULES}`,
    ],
  })
}

export type VisitorOptions = Readonly<{
  /** False for a browser whose scripts are switched off. */
  scripts?: boolean
  /** The value of the session cookie of somebody who is signed in already. */
  session?: string
}>

/** A browser of one person, with one page open, and a witness of what must not happen in it. */
export type Visitor = AsyncDisposable &
  Readonly<{
    page: Page
    context: BrowserContext
    /** Every answer of our own server so far, in order. */
    responses: readonly Response[]
    /** Says that an answer with this status is coming; every other refusal is a fault. */
    expectRefusal(...statuses: number[]): void
    /**
     * A sentence for each script error, message of the console, breach of the CSP, dialog of the browser, request to elsewhere,
     * answer without the strict CSP, unexpected refusal, and for each refusal that was expected and never came.
     */
    faults(): string[]
  }>

/** A fresh browser profile at `origin`. */
export async function openVisitor(browser: Browser, origin: string, options: VisitorOptions = {}): Promise<Visitor> {
  const context = await browser.newContext({
    baseURL: origin,
    viewport: WIDE,
    locale: 'en-GB',
    javaScriptEnabled: options.scripts ?? true,
  })
  context.setDefaultTimeout(TIMEOUT_MS)
  if (options.session !== undefined) {
    await context.addCookies([{ name: 'hf_session', value: options.session, url: origin, httpOnly: true }])
  }
  const witness = watch(context, origin)
  const page = await context.newPage()
  return { page, context, ...witness, [Symbol.asyncDispose]: () => context.close() }
}

function watch(
  context: BrowserContext,
  origin: string,
): Omit<Visitor, 'page' | 'context' | typeof Symbol.asyncDispose> {
  const seen: string[] = []
  const expected: number[] = []
  const responses: Response[] = []
  context.on('weberror', (error) => seen.push(`script error: ${error.error().message}`))
  context.on('console', (message) => seen.push(...consoleFaults(message)))
  context.on('dialog', (dialog) => {
    seen.push(`the browser's ${dialog.type()} dialog: ${dialog.message()}`)
    void dialog.dismiss()
  })
  context.on('request', (request) => {
    if (!isOwn(request.url(), origin)) seen.push(`a request to elsewhere: ${request.method()} ${request.url()}`)
  })
  context.on('response', (response) => {
    if (!response.url().startsWith(`${origin}/`)) return
    responses.push(response)
    const place = expected.indexOf(response.status())
    if (place >= 0) expected.splice(place, 1)
    else if (response.status() >= 400) seen.push(`${told(response)} answered ${response.status()}`)
    seen.push(...cspFaults(response))
  })
  return {
    responses,
    expectRefusal: (...statuses) => void expected.push(...statuses),
    faults: () => [...seen, ...expected.map((status) => `an answer ${status} was expected and never came`)],
  }
}

/** A refusal is judged by its answer, so the browser's own line about it says nothing new. */
function consoleFaults(message: ConsoleMessage): string[] {
  const isFault = ['error', 'warning', 'assert'].includes(message.type())
  if (!isFault || /^Failed to load resource: the server responded with a status of \d{3}/.test(message.text()))
    return []
  return [`console ${message.type()}: ${message.text()}`]
}

function isOwn(url: string, origin: string): boolean {
  return url.startsWith(`${origin}/`) || /^(data|about|blob):/.test(url)
}

function cspFaults(response: Response): string[] {
  const header = response.headers()['content-security-policy'] ?? ''
  const found = Object.fromEntries(
    header.split(';').map((directive) => {
      const [name = '', ...sources] = directive.trim().split(/\s+/)
      return [name, sources.join(' ')]
    }),
  )
  const isStrict = Object.keys(found).length === Object.keys(CSP).length && Bun.deepEquals(found, CSP)
  return isStrict ? [] : [`${told(response)} has the CSP "${header}"`]
}

function told(response: Response): string {
  const { pathname } = new URL(response.url())
  return `${response.request().method()} ${pathname}`
}

/** Leaves pictures of the page as it is, at both widths and in both themes, in `test-results/`. */
export async function photograph(page: Page, name: string): Promise<void> {
  for (const theme of ['dark', 'light'] as const) {
    await showTheme(page, theme)
    for (const size of [NARROW, WIDE]) {
      await page.setViewportSize(size)
      await page.screenshot({
        path: `${PICTURES}/${name}-${size.width}-${theme}.png`,
        fullPage: true,
        caret: 'initial',
      })
    }
  }
}

/** Has the system of a visitor with scripts change its theme, and waits until the page wears it. */
export async function showTheme(page: Page, theme: 'light' | 'dark'): Promise<void> {
  await page.emulateMedia({ colorScheme: theme })
  await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))))
  await finishTransitions(page)
}

/** Puts a page in a theme that its visitor chose, as the server writes it down for such a one. */
export async function wear(page: Page, theme: 'light' | 'dark'): Promise<void> {
  await page.evaluate((chosen) => {
    Object.assign(document.documentElement.dataset, { bsTheme: chosen, hfTheme: chosen })
    document.querySelector('meta[name=color-scheme]')?.setAttribute('content', chosen)
  }, theme)
  await finishTransitions(page)
}

async function finishTransitions(page: Page): Promise<void> {
  await page.evaluate(() => {
    for (const animation of document.getAnimations()) if (animation instanceof CSSTransition) animation.finish()
  })
}

/** The elements that stick out of the window at its right; where there is one, the page scrolls sideways. */
export async function stickingOut(page: Page): Promise<string[]> {
  return await page.evaluate(() => {
    const { scrollWidth, clientWidth } = document.documentElement
    if (scrollWidth <= clientWidth) return []
    const wide = [...document.querySelectorAll('body *')].filter(
      (element) => element.getBoundingClientRect().right > clientWidth + 0.5,
    )
    return [`the page is ${scrollWidth} px wide`, ...wide.map((element) => element.outerHTML.slice(0, 120))]
  })
}
