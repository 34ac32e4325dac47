import { type ParsedMail, simpleParser } from 'mailparser'
import { SMTPServer, type SMTPServerDataStream, type SMTPServerSession } from 'smtp-server'
import type { Certificate } from './certificates.ts'

export type ReceivedMail = Readonly<{
  /** The envelope: who it came from and whom it was handed over for, whatever the headers say. */
  from: string
  recipients: readonly string[]
  /** The message as it came over the wire. */
  source: string
  parsed: ParsedMail
  wasEncrypted: boolean
  username: string | undefined
  /** What the client called itself. */
  greetedAs: string
}>

/** What a server says no with. */
export type SmtpRefusal = Readonly<{ code: number; text: string }>

export type SmtpOptions = Readonly<{
  /** `none` (the default) offers no encryption, `starttls` offers it, `tls` speaks it from the first byte. */
  tls?: 'none' | 'starttls' | 'tls'
  certificate?: Certificate
  /** Asks for this sign-in; every other one is answered with 535. */
  auth?: Readonly<{ username: string; password: string }>
  /** Asked for each recipient; undefined takes it. May change between mails. */
  rejectRcpt?: (address: string) => SmtpRefusal | undefined
  /** Each recipient is answered when this resolves: a server that takes its time. */
  pause?: (address: string) => Promise<void>
  /** Asked when the message has come in whole. */
  rejectData?: () => SmtpRefusal | undefined
}>

export type SmtpPeer = AsyncDisposable &
  Readonly<{
    host: '127.0.0.1'
    port: number
    /** In order of arrival. */
    mails: readonly ReceivedMail[]
    /** Resolves when `count` mails have arrived in all; rejects after `withinMs`. */
    received(count: number, withinMs?: number): Promise<readonly ReceivedMail[]>
  }>

/** A real SMTP server on a free port of 127.0.0.1 that keeps what it is given. */
export async function startSmtp(options: SmtpOptions = {}): Promise<SmtpPeer> {
  const { tls = 'none', certificate, auth } = options
  const mails: ReceivedMail[] = []
  const disabledCommands = [...(tls === 'none' ? ['STARTTLS'] : []), ...(auth ? [] : ['AUTH'])]
  const server = new SMTPServer({
    secure: tls === 'tls',
    ...(certificate ? { key: certificate.key, cert: certificate.cert } : {}),
    authOptional: auth === undefined,
    // So that a client that signs in over plain text is seen to do so.
    allowInsecureAuth: true,
    disabledCommands,
    disableReverseLookup: true,
    onAuth(given, _session, done) {
      const isRight = given.username === auth?.username && given.password === auth?.password
      if (isRight) done(null, { user: given.username })
      else done(refusalError({ code: 535, text: '5.7.8 Authentication credentials invalid' }))
    },
    onRcptTo(address, _session, done) {
      const answer = () => {
        const refusal = options.rejectRcpt?.(address.address)
        done(refusal ? refusalError(refusal) : null)
      }
      if (options.pause) options.pause(address.address).then(answer, done)
      else answer()
    },
    onData(stream, session, done) {
      receive(stream, session).then((mail) => {
        const refusal = options.rejectData?.()
        if (!refusal) mails.push(mail)
        done(refusal ? refusalError(refusal) : null)
      }, done)
    },
  })
  // A client that leaves in the middle is what some tests are about.
  server.on('error', () => {})
  const port = await listen(server)
  return {
    ...{ host: '127.0.0.1', port, mails },
    received: (count, withinMs = 10_000) => waitFor(mails, count, withinMs),
    [Symbol.asyncDispose]: () => new Promise((resolve) => server.close(() => resolve())),
  }
}

async function receive(stream: SMTPServerDataStream, session: SMTPServerSession): Promise<ReceivedMail> {
  const chunks: Uint8Array[] = []
  for await (const chunk of stream) chunks.push(chunk)
  const bytes = Buffer.concat(chunks)
  const { mailFrom, rcptTo } = session.envelope
  return {
    from: mailFrom ? mailFrom.address : '',
    recipients: rcptTo.map(({ address }) => address),
    source: bytes.toString('latin1'),
    parsed: await simpleParser(bytes),
    wasEncrypted: session.secure,
    username: typeof session.user === 'string' ? session.user : undefined,
    greetedAs: String(session.hostNameAppearsAs),
  }
}

async function waitFor(mails: readonly ReceivedMail[], count: number, withinMs: number) {
  const end = performance.now() + withinMs
  while (mails.length < count) {
    if (performance.now() > end) throw new Error(`${mails.length} of ${count} mails came within ${withinMs} ms`)
    await Bun.sleep(10)
  }
  return mails
}

function refusalError({ code, text }: SmtpRefusal): Error {
  return Object.assign(new Error(text), { responseCode: code })
}

function listen(server: SMTPServer): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    const listener = server.listen(0, '127.0.0.1', () => {
      const address = listener.address()
      if (address && typeof address === 'object') resolve(address.port)
      else reject(new Error('the SMTP server has no port'))
    })
  })
}
