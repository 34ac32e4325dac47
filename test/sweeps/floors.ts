import { dirname, join } from 'node:path/posix'
import { type Import, importsOf, type SourceFile } from './source.ts'

/** The stairs: a folder of `src` may take from its own step and the ones below it. */
const STEPS: Readonly<Record<string, number>> = {
  lib: 0,
  config: 1,
  db: 2,
  host: 2,
  jobs: 3,
  core: 4,
  http: 5,
  platform: 6,
  cli: 7,
}
const TOP_STEP = 8

/** The words every floor refuses with. The file takes nothing from anybody, so nothing comes down with it. */
const VOCABULARY = new Set(['src/core/errors.ts'])

type Role = 'tables' | 'api' | 'pages' | 'jobs' | 'probe' | 'noun'

/** By role, the folders of `src` (and the wing `views`) a file of a room may take from. */
const MAY_TAKE: Readonly<Record<Role, readonly string[]>> = {
  tables: ['db', 'core'],
  noun: ['lib', 'config', 'db', 'host', 'jobs', 'core'],
  api: ['lib', 'config', 'core', 'http'],
  pages: ['lib', 'config', 'core', 'http', 'views'],
  jobs: ['lib', 'config', 'core', 'jobs'],
  probe: ['lib', 'config', 'core'],
}

/** What is wrong with the imports of one file, a sentence each. */
export function floorFaults(file: SourceFile): string[] {
  return importsOf(file).flatMap((one) => {
    const reasons =
      one.specifier.startsWith('.') || one.specifier.startsWith('#') ? ownFaults(file, one) : packageFaults(file, one)
    return reasons.map((reason) => `${file.path}:${one.line} ${one.specifier}: ${reason}`)
  })
}

function ownFaults(file: SourceFile, one: Import): string[] {
  if (one.specifier.startsWith('..')) return ['an import from another folder uses its address (#…)']
  const target = targetOf(file.path, one.specifier)
  if (target === undefined) return ['is no address of this project']
  if (!/\.[a-z0-9]+$/.test(one.specifier)) return ['an import names the file with its extension']
  if (file.path.startsWith('views/')) return viewFaults(target, one)
  if (!file.path.startsWith('src/')) return []
  if (target.startsWith('test/') || target.startsWith('scripts/')) return ['the program takes nothing from its tests']
  return [...stairFaults(file.path, target), ...roomFaults(file.path, target), ...roleFaults(file.path, target)]
}

function targetOf(path: string, specifier: string): string | undefined {
  if (specifier.startsWith('./')) return join(dirname(path), specifier)
  const [, street, rest] = /^#([a-z-]+)\/(.+)$/.exec(specifier) ?? []
  if (street === undefined || rest === undefined) return undefined
  if (['views', 'test', 'scripts', 'migrations'].includes(street)) return `${street}/${rest}`
  return street in STEPS ? `src/${street}/${rest}` : undefined
}

/** The wing takes types from `src`, values only from `lib`. */
function viewFaults(target: string, one: Import): string[] {
  if (target.startsWith('views/') || target.startsWith('src/lib/')) return []
  return target.startsWith('src/') && one.isType ? [] : ['views take only views, formatters from lib and types']
}

function stairFaults(path: string, target: string): string[] {
  if (target.startsWith('migrations/')) return []
  if (target.startsWith('views/')) {
    const isWindow = path.startsWith('src/http/') || path.startsWith('src/core/mail/') || roleOf(path) === 'pages'
    return isWindow ? [] : ['only http, pages and core/mail look into views']
  }
  if (VOCABULARY.has(target)) return []
  const [own, other] = [folderOf(path), folderOf(target)]
  if (stepOf(own) > stepOf(other) || own === other) return []
  return [`${own} stands below or beside ${other}`]
}

/** A room is entered through its nouns; only a `tables.ts` may name another room's tables, for a foreign key. */
function roomFaults(path: string, target: string): string[] {
  const room = roomOf(target)
  if (room === undefined || room === roomOf(path)) return []
  const role = roleOf(target)
  const isList = /^src\/platform\/[^/]+$/.test(path)
  if (role === 'noun' || isList || (role === 'tables' && roleOf(path) === 'tables')) return []
  return ['a room is entered only through its noun files']
}

function roleFaults(path: string, target: string): string[] {
  const role = roleOf(path)
  if (roomOf(path) === undefined || role === undefined) return []
  const folder = target.startsWith('views/') ? 'views' : folderOf(target)
  const targetRole = roleOf(target)
  if (folder === 'platform') {
    const isOwnDoor = targetRole !== role && targetRole !== 'noun' && targetRole !== 'tables'
    if (isOwnDoor && roomOf(target) === roomOf(path)) return [`nothing in a room takes from its ${targetRole} file`]
    const mayReadTables = role === 'noun' || role === 'tables' || role === 'jobs'
    return targetRole === 'tables' && !mayReadTables ? [`${role} goes through a noun, not to the tables`] : []
  }
  if (target.startsWith('migrations/') || VOCABULARY.has(target)) return []
  if (role === 'tables' && target !== 'src/db/columns.ts' && !/\/(tables|roles)\.ts$/.test(target)) {
    return ['tables take columns and other tables only']
  }
  return MAY_TAKE[role].includes(folder) ? [] : [`a ${role} file takes nothing from ${folder}`]
}

function packageFaults(file: SourceFile, one: Import): string[] {
  const isHttp = one.specifier === 'elysia' || one.specifier.startsWith('@elysiajs/')
  if (!isHttp || !/^(src|views)\//.test(file.path)) return []
  const role = roleOf(file.path)
  const isDoor = file.path.startsWith('src/http/') || role === 'api' || role === 'pages'
  return isDoor ? [] : ['Elysia is known only in http and in the doors of a room']
}

function folderOf(path: string): string {
  return path.split('/')[1] ?? ''
}

function stepOf(folder: string): number {
  return STEPS[folder] ?? TOP_STEP
}

/** The room a file is in: `src/platform/<room>/…`. */
function roomOf(path: string): string | undefined {
  return /^src\/platform\/([^/]+)\//.exec(path)?.[1]
}

/** A door with many routes is parted by noun (`<noun>-pages.tsx`); the JSON door may keep its schemas and its words apart. */
const ROLE_NAMES: readonly [name: RegExp, role: Role][] = [
  [/^tables\.ts$/, 'tables'],
  [/^(([a-z-]+-)?api|schemas|documentation)\.ts$/, 'api'],
  [/^([a-z-]+-)?pages\.tsx$/, 'pages'],
  [/^jobs\.ts$/, 'jobs'],
  [/^probe\.ts$/, 'probe'],
]

function roleOf(path: string): Role | undefined {
  if (!/^src\/(platform|core)\/[^/]+\//.test(path)) return undefined
  const name = path.split('/').at(-1) ?? ''
  return ROLE_NAMES.find(([pattern]) => pattern.test(name))?.[1] ?? 'noun'
}
