import { mkdir, rename, rm } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { parseArguments, UsageError } from '#cli/arguments.ts'
import { licenseKeysForBuild } from './license-keys.ts'

const ROOT = resolve(import.meta.dir, '..')

const HELP = `Usage: bun run build [--outfile FILE] [--target bun-linux-x64] [--license-keys FILE] [--release]

Builds the one executable. Needs nothing but \`bun install\` before it.

  --outfile FILE        default dist/honeyframe
  --target NAME         another platform, by Bun's name for it; default: this machine's
  --license-keys FILE   {"<key id>":"<base64 of a 32-byte Ed25519 public key>"}; default: the
                        development key, whose private half everyone has
  --release             for customers: refuses to build without keys of a vendor, or with the development key`

try {
  await main(process.argv.slice(2))
} catch (error) {
  if (!(error instanceof UsageError)) throw error
  console.error(`build: ${error.message}`)
  process.exitCode = 2
}

async function main(argv: string[]): Promise<void> {
  const { values } = parseArguments({
    args: argv,
    options: {
      outfile: { type: 'string', default: join(ROOT, 'dist/honeyframe') },
      target: { type: 'string' },
      'license-keys': { type: 'string' },
      release: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h' },
    },
  })
  if (values.help) return console.log(HELP)
  const licenseKeys = await licenseKeysForBuild(values['license-keys'], values.release)
  const outfile = resolve(values.outfile)
  await build({ outfile, target: targetOf(values.target), licenseKeys })
  const megabytes = Math.round(Bun.file(outfile).size / 1_000_000)
  console.log(`${outfile} (${megabytes} MB, licence keys: ${Object.keys(licenseKeys).join(', ') || 'none'})`)
}

function targetOf(name: string | undefined): Bun.Build.CompileTarget | undefined {
  if (name === undefined) return undefined
  if (!/^bun-(linux|darwin|windows)-(x64|arm64)(-(baseline|modern|musl))*$/.test(name)) {
    throw new UsageError(`--target takes a name such as bun-linux-x64 or bun-linux-arm64, not "${name}".`)
  }
  return name as Bun.Build.CompileTarget
}

async function build(options: {
  outfile: string
  target: Bun.Build.CompileTarget | undefined
  licenseKeys: Record<string, string>
}): Promise<void> {
  const { version } = await Bun.file(join(ROOT, 'package.json')).json()
  // Built aside and renamed: the executable may be running.
  const aside = `${options.outfile}.new`
  await mkdir(dirname(options.outfile), { recursive: true })
  try {
    await Bun.build({
      entrypoints: [join(ROOT, 'src/main.ts')],
      target: 'bun',
      format: 'esm',
      bytecode: true,
      splitting: true,
      // Without white space Elysia misreads the source of its handlers.
      minify: { whitespace: false, syntax: true, identifiers: true },
      define: {
        'process.env.NODE_ENV': '"production"',
        BUILD_VERSION: JSON.stringify(version),
        BUILD_COMMIT: JSON.stringify(commit()),
        BUILD_TIME: JSON.stringify(new Date().toISOString()),
        LICENSE_KEYS: JSON.stringify(options.licenseKeys),
      },
      compile: {
        outfile: aside,
        autoloadDotenv: false,
        autoloadBunfig: false,
        ...(options.target && { target: options.target }),
      },
    })
    await rename(aside, options.outfile)
  } finally {
    await rm(aside, { force: true })
  }
}

/** The commit that is checked out, with `-dirty` when tracked files differ; empty without git or in an archive. */
function commit(): string {
  const isOwnRepository = git('rev-parse', '--show-toplevel') === ROOT
  const head = isOwnRepository ? git('rev-parse', '--verify', '--quiet', 'HEAD') : ''
  return head && git('status', '--porcelain', '--untracked-files=no') ? `${head}-dirty` : head
}

function git(...args: string[]): string {
  if (!Bun.which('git')) return ''
  const { exitCode, stdout } = Bun.spawnSync(['git', '-C', ROOT, ...args], { stderr: 'ignore' })
  return exitCode === 0 ? stdout.toString().trim() : ''
}
