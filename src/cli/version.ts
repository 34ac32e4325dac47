import { parseArguments } from '#cli/arguments.ts'
import { build } from '#config/build.ts'

export const versionHelp = `Usage: honeyframe version [--json]

Prints the version, and the commit and time it was built from.

  --json   {"version","commit","built_at"}; commit and built_at are null when unknown`

/** Anyone. Prints one line, or one JSON object; ends with 0. */
export async function versionCommand(argv: string[]): Promise<number> {
  const { values } = parseArguments({ args: argv, options: { json: { type: 'boolean' } } })
  process.stdout.write(`${values.json ? versionJson() : versionLine()}\n`)
  return 0
}

function versionJson(): string {
  return JSON.stringify({ version: build.version, commit: build.commit || null, built_at: build.time || null })
}

function versionLine(): string {
  const origin = [build.commit && `commit ${build.commit}`, build.time && `built ${build.time}`].filter(Boolean)
  return `honeyframe ${build.version}${origin.length > 0 ? ` (${origin.join(', ')})` : ''}`
}
