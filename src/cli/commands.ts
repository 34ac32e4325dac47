import { UsageError } from '#cli/arguments.ts'
import { build } from '#config/build.ts'

type Loaded = { run: (argv: string[]) => Promise<number>; help: string }
type Command = { summary: string; load: () => Promise<Loaded> }

/** Every verb. Each is imported only when it is asked for, so `version` pays nothing for `serve`. */
const COMMANDS: Readonly<Record<string, Command>> = {
  serve: {
    summary: 'run the platform in the foreground',
    load: async () => {
      const { serveCommand, serveHelp } = await import('#cli/serve.ts')
      return { run: serveCommand, help: serveHelp }
    },
  },
  install: {
    summary: 'put this executable in its place and start it, or upgrade what is there',
    load: async () => {
      const { installCommand, installHelp } = await import('#cli/install.ts')
      return { run: installCommand, help: installHelp }
    },
  },
  migrate: {
    summary: 'bring the database to this version, or say what would be done',
    load: async () => {
      const { migrateCommand, migrateHelp } = await import('#cli/migrate.ts')
      return { run: migrateCommand, help: migrateHelp }
    },
  },
  backup: {
    summary: 'write a backup of an organization or of the whole install',
    load: async () => {
      const { backupCommand, backupHelp } = await import('#cli/backup.ts')
      return { run: backupCommand, help: backupHelp }
    },
  },
  restore: {
    summary: 'put a backup in the place of what an organization has, or into an empty install',
    load: async () => {
      const { restoreCommand, restoreHelp } = await import('#cli/restore.ts')
      return { run: restoreCommand, help: restoreHelp }
    },
  },
  doctor: {
    summary: 'look at the settings and all they lead to, and say what to mend',
    load: async () => {
      const { doctorCommand, doctorHelp } = await import('#cli/doctor.ts')
      return { run: doctorCommand, help: doctorHelp }
    },
  },
  secrets: {
    summary: 'say which secret opens the vault, or wrap its key under a new one',
    load: async () => {
      const { secretsCommand, secretsHelp } = await import('#cli/secrets.ts')
      return { run: secretsCommand, help: secretsHelp }
    },
  },
  license: {
    summary: 'check a licence document, show the licence of an org, or install one',
    load: async () => {
      const { licenseCommand, licenseHelp } = await import('#cli/license.ts')
      return { run: licenseCommand, help: licenseHelp }
    },
  },
  user: {
    summary: 'create and list people, reset a password (works on the database)',
    load: async () => {
      const { userCommand, userHelp } = await import('#cli/user.ts')
      return { run: userCommand, help: userHelp }
    },
  },
  pat: {
    summary: 'create, list and revoke personal access tokens (a client of the API)',
    load: async () => {
      const { patCommand, patHelp } = await import('#cli/pat.ts')
      return { run: patCommand, help: patHelp }
    },
  },
  version: {
    summary: 'print the version',
    load: async () => {
      const { versionCommand, versionHelp } = await import('#cli/version.ts')
      return { run: versionCommand, help: versionHelp }
    },
  },
}

const EDITS_MAX = 2

/**
 * Runs the verb that `argv` begins with (without the program's own name) and returns the exit code.
 * Throws `UsageError` for an unknown verb, and whatever the verb throws.
 */
export async function runCommand(argv: string[]): Promise<number> {
  const [word, ...rest] = argv
  if (word === undefined) return print(overview(), 2)
  if (['--help', '-h', 'help'].includes(word)) return print(overview(), 0)
  const verb = word === '--version' ? 'version' : word
  const command = Object.hasOwn(COMMANDS, verb) ? COMMANDS[verb] : undefined
  if (!command) throw new UsageError(unknownVerb(verb))
  const { run, help } = await command.load()
  return asksForHelp(rest) ? print(help, 0) : run(rest)
}

function asksForHelp(argv: string[]): boolean {
  const end = argv.indexOf('--')
  return (end < 0 ? argv : argv.slice(0, end)).some((argument) => argument === '--help' || argument === '-h')
}

function print(text: string, exitCode: number): number {
  process.stdout.write(`${text}\n`)
  return exitCode
}

function overview(): string {
  const width = Math.max(...Object.keys(COMMANDS).map((verb) => verb.length))
  const lines = Object.entries(COMMANDS).map(([verb, { summary }]) => `  ${verb.padEnd(width)}   ${summary}`)
  return [
    `Honeyframe ${build.version}. Usage: honeyframe VERB [options]`,
    '',
    ...lines,
    '',
    '`honeyframe VERB --help` says more. Exit code: 0 done, 1 failed, 2 wrong usage.',
  ].join('\n')
}

function unknownVerb(word: string): string {
  const near = Object.keys(COMMANDS).find((verb) => editsBetween(word, verb) <= EDITS_MAX)
  return `There is no verb "${word.slice(0, 40)}"${near ? `; did you mean "${near}"?` : '.'}`
}

/** Levenshtein distance: letters to insert, delete or replace. */
function editsBetween(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, column) => column)
  for (const [index, letter] of [...from].entries()) {
    const next = [index + 1]
    for (const [column, other] of [...to].entries()) {
      const [above = 0, diagonal = 0, left = 0] = [row[column + 1], row[column], next[column]]
      next.push(Math.min(above + 1, left + 1, diagonal + (letter === other ? 0 : 1)))
    }
    row = next
  }
  return row.at(-1) ?? 0
}
