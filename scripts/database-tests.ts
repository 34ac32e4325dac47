import { dirname, resolve } from 'node:path'

const TRANSPILERS = { ts: new Bun.Transpiler({ loader: 'ts' }), tsx: new Bun.Transpiler({ loader: 'tsx' }) }
const OWN = /^[#.]/
/** Where the address of a database is read, and which engine it is of. */
const DATABASE_MODULES = ['src/config/environment.ts', 'src/db/engine.ts']
/** Another process may read it, too. */
const STARTS_PROCESS = /\bBun\.spawn/

type Known = Map<string, Promise<readonly string[]>>

/** Those of the test files that may come to a database, by what they import. The others are the same on either engine. */
export async function databaseTests(files: readonly string[]): Promise<string[]> {
  const known: Known = new Map()
  const homes = new Set(DATABASE_MODULES.map((path) => resolve(path)))
  const isOne = await Promise.all(files.map((file) => reaches(resolve(file), homes, known)))
  return files.filter((_, place) => isOne[place])
}

async function reaches(file: string, homes: ReadonlySet<string>, known: Known): Promise<boolean> {
  const seen = new Set([file])
  for (const path of seen) {
    if (homes.has(path)) return true
    if (!known.has(path)) known.set(path, importsOf(path))
    const imported = await known.get(path)
    if (!imported) return true
    for (const one of imported) seen.add(one)
  }
  return false
}

/** The project's own files that one needs at run time. One that starts a process counts as needing all. */
async function importsOf(path: string): Promise<readonly string[]> {
  const kind = /\.(tsx?)$/.exec(path)?.[1]
  if (kind !== 'ts' && kind !== 'tsx') return []
  const text = await Bun.file(path).text()
  const own = TRANSPILERS[kind].scanImports(text).filter((one) => OWN.test(one.path))
  const more = STARTS_PROCESS.test(text) ? DATABASE_MODULES.map((module) => resolve(module)) : []
  return [...own.map((one) => Bun.resolveSync(one.path, dirname(path))), ...more]
}
