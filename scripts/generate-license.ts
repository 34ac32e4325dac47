#!/usr/bin/env bun
/** The vendor's: makes key pairs and signs licences. It never leaves the vendor, and neither do its private keys. */
import { createPrivateKey, generateKeyPairSync, type KeyObject } from 'node:crypto'
import { mkdir, open, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { integerArgument, parseArguments, UsageError } from '#cli/arguments.ts'
import { FEATURES } from '#core/license/features.ts'
import { findInstant, TIERS } from '#core/license/license.ts'
import { verifyLicense } from '#core/license/verify.ts'
import { systemClock } from '#lib/clock.ts'
import { systemRandom } from '#lib/random.ts'
import { developmentSigningKey, publicKeyOf, signedDocument } from './license-signing.ts'

const DEVELOPMENT_KEY_ID = 'development'
const USERS_MAX = 999_999_999
const GRACE_DAYS_MAX = 3650

const HELP = `Usage: bun scripts/generate-license.ts keys --kid KID --out DIR
       bun scripts/generate-license.ts sign (--key FILE --kid KID | --development) (--org SLUG | --every-org)
           --customer NAME --tier TIER --expires DATE [options]

For the vendor only. It overwrites nothing.

  keys    make DIR/KID.private.pem (mode 0600: keep it secret) and DIR/KID.public.json, which
          \`bun run build --release --license-keys\` takes. To rotate, put old and new keys into one such file.
  sign    print a licence

  --key FILE          the private key (PEM), which nobody else may read
  --kid KID           its id: letters, digits, dot, dash, underscore
  --development       sign with the key that builds without --license-keys accept
  --org SLUG          the one org it is for; --every-org: every org of an install
  --customer NAME     who it is for
  --tier TIER         ${TIERS.join(', ')}
  --expires DATE      a day, whose end in UTC counts, or a time as in RFC 3339
  --issued DATE       now unless given
  --grace-days N      14 unless given
  --users-limit N     no limit unless given
  --product NAME      hub_platform unless given; may be repeated
  --feature FLAG      may be repeated; this version knows ${Object.keys(FEATURES).join(', ')}
  --license-id ID     a new UUID unless given
  --out FILE          write to a new file instead`

const SIGN_OPTIONS = {
  key: { type: 'string' },
  kid: { type: 'string' },
  development: { type: 'boolean' },
  org: { type: 'string' },
  'every-org': { type: 'boolean' },
  customer: { type: 'string' },
  tier: { type: 'string' },
  expires: { type: 'string' },
  issued: { type: 'string' },
  'grace-days': { type: 'string' },
  'users-limit': { type: 'string' },
  product: { type: 'string', multiple: true },
  feature: { type: 'string', multiple: true },
  'license-id': { type: 'string' },
  out: { type: 'string' },
} as const

type Values = ReturnType<typeof parseSign>['values']

try {
  await main(process.argv.slice(2))
} catch (error) {
  if (!(error instanceof UsageError)) throw error
  console.error(`generate-license: ${error.message}`)
  process.exitCode = 2
}

async function main(argv: string[]): Promise<void> {
  const [action, ...rest] = argv
  if (argv.includes('--help') || argv.includes('-h')) return console.log(HELP)
  if (action === 'keys') return await makeKeys(rest)
  if (action === 'sign') return await signLicense(parseSign(rest).values)
  throw new UsageError('Say what to do: keys or sign; --help says more.')
}

async function makeKeys(argv: string[]): Promise<void> {
  const { values } = parseArguments({ args: argv, options: { kid: { type: 'string' }, out: { type: 'string' } } })
  const keyId = keyIdOf(values.kid)
  if (keyId === DEVELOPMENT_KEY_ID) throw new UsageError(`--kid ${keyId} is everybody’s; take another.`)
  const folder = required('--out', values.out)
  const { privateKey } = generateKeyPairSync('ed25519')
  const [secret, shared] = [join(folder, `${keyId}.private.pem`), join(folder, `${keyId}.public.json`)]
  await mkdir(folder, { recursive: true, mode: 0o700 })
  // A public half whose private half is lost would lock customers out.
  if (await Bun.file(shared).exists()) throw new UsageError(`${shared} exists already.`)
  await writeNew(secret, String(privateKey.export({ format: 'pem', type: 'pkcs8' })), 0o600)
  await writeNew(shared, `${JSON.stringify({ [keyId]: publicKeyOf(privateKey) }, null, 2)}\n`, 0o644)
  console.log(`${secret} (keep it secret)\n${shared}`)
}

function parseSign(argv: string[]) {
  return parseArguments({ args: argv, options: SIGN_OPTIONS })
}

async function signLicense(values: Values): Promise<void> {
  const isDevelopment = values.development ?? false
  if (isDevelopment && (values.key ?? values.kid) !== undefined) {
    throw new UsageError('--development has its own key; leave out --key and --kid.')
  }
  const keyId = isDevelopment ? DEVELOPMENT_KEY_ID : keyIdOf(values.kid)
  const key = isDevelopment ? developmentSigningKey() : await readSigningKey(required('--key', values.key))
  const text = signedDocument(fieldsOf(values, keyId), key)
  // What customers will run has the last word.
  const verdict = verifyLicense(text, { [keyId]: publicKeyOf(key) })
  if (verdict.outcome === 'invalid') throw new UsageError(verdict.fault.message)
  for (const flag of verdict.license.features) {
    if (!Object.hasOwn(FEATURES, flag)) console.error(`generate-license: this version knows no feature "${flag}".`)
  }
  if (values.out === undefined) return console.log(text.trimEnd())
  await writeNew(values.out, text, 0o644)
  console.log(values.out)
}

function fieldsOf(values: Values, keyId: string) {
  const days = values['grace-days']
  const users = values['users-limit']
  return {
    version: 1,
    kid: keyId,
    license_id: values['license-id'] ?? systemRandom.uuid(),
    customer: required('--customer', values.customer),
    org_slug: orgSlugOf(values),
    tier: required('--tier', values.tier),
    products: values.product ?? ['hub_platform'],
    features: values.feature ?? [],
    users_limit: users === undefined ? null : integerArgument('--users-limit', users, 1, USERS_MAX),
    issued_at:
      values.issued === undefined ? systemClock.now().toISOString() : instantOf('--issued', values.issued, 'start'),
    expires: instantOf('--expires', required('--expires', values.expires), 'end'),
    ...(days !== undefined && { grace_days: integerArgument('--grace-days', days, 0, GRACE_DAYS_MAX) }),
  }
}

function orgSlugOf(values: Values): string | null {
  if ((values.org === undefined) === (values['every-org'] === undefined)) {
    throw new UsageError('Give --org SLUG or --every-org.')
  }
  return values.org ?? null
}

function instantOf(option: string, text: string, edge: 'start' | 'end'): string {
  const instant = findInstant(text, edge)
  if (instant === undefined) throw new UsageError(`${option} takes a date such as 2027-12-31, not "${text}".`)
  return instant.toISOString()
}

function keyIdOf(text: string | undefined): string {
  const keyId = required('--kid', text)
  if (!/^[\w.-]{1,64}$/.test(keyId)) throw new UsageError('--kid takes letters, digits, dot, dash and underscore.')
  return keyId
}

async function readSigningKey(path: string): Promise<KeyObject> {
  try {
    const { mode } = await stat(path)
    if ((mode & 0o077) !== 0) throw new UsageError(`${path} may be read by others: chmod 600 ${path}`)
    const key = createPrivateKey(await readFile(path))
    if (key.asymmetricKeyType === 'ed25519') return key
  } catch (error) {
    if (error instanceof UsageError) throw error
  }
  throw new UsageError(`${path} is no Ed25519 private key in PEM that can be read.`)
}

async function writeNew(path: string, text: string, mode: number): Promise<void> {
  try {
    await using file = await open(path, 'wx', mode)
    await writeFile(file, text)
    await file.sync()
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error'
    throw new UsageError(code === 'EEXIST' ? `${path} exists already.` : `${path} cannot be written (${code}).`)
  }
}

function required(option: string, value: string | undefined): string {
  if (value === undefined) throw new UsageError(`${option} is missing.`)
  return value
}
