import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { EXECUTABLE, start } from '#test/binary/executable.ts'
import { freePort } from '#test/support/ports.ts'
import { type ReceivedMail, type SmtpRefusal, startSmtp } from '#test/support/smtp.ts'

const MAIL_WAIT_MS = 10_000

export type Installation = Awaited<ReturnType<typeof startInstallation>>

/**
 * The executable, serving from an empty folder with fresh data under a host name, and a real SMTP server that takes its mails.
 * `refusals` says with which words that server refuses an address.
 */
export async function startInstallation(host: string, refusals: ReadonlyMap<string, SmtpRefusal>) {
  const root = await mkdtemp(join(tmpdir(), 'hf-first-hour-'))
  const [folder, dataDir] = [join(root, 'empty'), join(root, 'data')]
  await Bun.write(join(folder, '.keep'), '')
  await rm(join(folder, '.keep'))
  const smtp = await startSmtp({ rejectRcpt: (address) => refusals.get(address) })
  const port = freePort()
  const origin = `http://${host}:${port}`
  const settings = {
    PORT: String(port),
    DATA_DIR: dataDir,
    PUBLIC_URL: origin,
    SMTP_HOST: smtp.host,
    SMTP_PORT: String(smtp.port),
    SMTP_TLS: 'none',
    SMTP_FROM: 'Honeyframe <no-reply@honeyframe.test>',
    EGRESS_ALLOW: '127.0.0.1/32',
  }
  const launch = (more: Record<string, string>) =>
    start([EXECUTABLE, 'serve'], { cwd: folder, env: { ...settings, ...more } })
  const server = launch({})
  const later: ReturnType<typeof start>[] = []
  return {
    ...{ origin, folder, dataDir, settings, server },
    /** The same installation with other settings: the running program is told to stop, and a new one serves. */
    async restart(more: Record<string, string>): Promise<ReturnType<typeof start>> {
      const running = later.at(-1) ?? server
      running.kill('SIGTERM')
      await running.ended()
      const next = launch(more)
      later.push(next)
      await next.says(/"message":"listening"/)
      return next
    },
    /** Where programs on this machine reach it, whatever its name is. */
    localUrl: `http://127.0.0.1:${port}`,
    /** The `count`th mail to an address. */
    async mailTo(address: string, count = 1): Promise<ReceivedMail> {
      const end = performance.now() + MAIL_WAIT_MS
      for (;;) {
        const mail = smtp.mails.filter(({ recipients }) => recipients.includes(address))[count - 1]
        if (mail) return mail
        if (performance.now() > end)
          throw new Error(`mail ${count} to ${address} did not come; the log: ${server.said()}`)
        await Bun.sleep(20)
      }
    },
    async [Symbol.asyncDispose]() {
      for (const program of [server, ...later]) await program[Symbol.asyncDispose]()
      await smtp[Symbol.asyncDispose]()
      await rm(root, { recursive: true, force: true })
    },
  }
}

/** The one link of a mail. It stands whole on a line of its own in the text part, and is the address behind the button. */
export function linkOf({ parsed }: ReceivedMail): string {
  const links = (parsed.text ?? '').split('\n').filter((line) => /^https?:\/\//.test(line))
  const [link = ''] = links
  const behind = [...String(parsed.html).matchAll(/href="([^"]*)"/g)].map((match) => match[1]?.replaceAll('&amp;', '&'))
  if (links.length !== 1 || behind.some((address) => address !== link)) {
    throw new Error(`one link was expected in: ${parsed.text}\n${parsed.html}`)
  }
  return link
}
