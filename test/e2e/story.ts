import type { Browser, Page } from 'playwright-core'
import { openVisitor, PLAIN_NAME, photograph, type Visitor } from '#test/support/browser.ts'
import type { SmtpRefusal } from '#test/support/smtp.ts'
import { linkOf, startInstallation } from './installation.ts'

export const MODES = [
  { name: 'with scripts', scripts: true, host: 'localhost', hasPictures: true },
  { name: 'without scripts', scripts: false, host: 'localhost', hasPictures: false },
  { name: 'on a name that is not loopback', scripts: true, host: PLAIN_NAME, hasPictures: false },
] as const

export type Story = Awaited<ReturnType<typeof beginStory>>

/** An installation, the browsers of those who use it, and every secret that was seen on the way. */
export async function beginStory(
  browser: Browser,
  mode: (typeof MODES)[number],
  refusals: ReadonlyMap<string, SmtpRefusal>,
) {
  const install = await startInstallation(mode.host, refusals)
  const visitors: Visitor[] = []
  const secrets: string[] = []

  function ask(path: string, init: RequestInit = {}): Promise<Response> {
    return fetch(install.localUrl + path, { redirect: 'manual', ...init })
  }

  return {
    ...{ ...install, secrets, ask },
    /** Somebody's fresh browser. */
    async arrive(): Promise<Visitor> {
      const visitor = await openVisitor(browser, install.origin, { scripts: mode.scripts })
      visitors.push(visitor)
      return visitor
    },
    /** Whatever any browser has to complain about. */
    faults: () => visitors.flatMap((visitor) => visitor.faults()),
    async picture(page: Page, name: string): Promise<void> {
      if (mode.hasPictures) await photograph(page, name)
    },
    async statusOf(link: string): Promise<number> {
      return (await ask(link.slice(install.origin.length))).status
    },
    /** The link in the `count`th mail to an address. */
    async linkTo(address: string, count = 1): Promise<string> {
      const link = linkOf(await install.mailTo(address, count))
      secrets.push(new URL(link).searchParams.get('token') ?? '')
      return link
    },
    async [Symbol.asyncDispose]() {
      for (const visitor of visitors) await visitor[Symbol.asyncDispose]()
      await install[Symbol.asyncDispose]()
    },
  }
}
