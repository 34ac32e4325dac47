import { basename } from 'node:path/posix'
import { isNode, lineAt, type Node, parse, type SourceFile, walk } from './source.ts'

export const FILE_LINES_MAX = 400
export const FUNCTION_LINES_MAX = 70
export const MEDIAN_LINES_MAX = 50
export const P95_LINES_MAX = 250

const EMPTY_NAMES = new Set([
  'index',
  'service',
  'utils',
  'util',
  'helpers',
  'helper',
  'types',
  'constants',
  'common',
  'misc',
])
/** Generated: the list of migrations that the executable carries. */
const NAMED_BY_HOUSE = new Set(['migrations/index.ts'])

type Rule = { what: string; home: RegExp; matches: (node: Node) => boolean }

/** The one cast between the two column kits, Elysia's grown type, and the part that marks an icon as safe HTML. */
const CAST_HOMES = /^(src\/db\/engine\.ts|src\/http\/app\.ts|views\/ui\/icon\.tsx)$/

/** The egress guard with what it stands on, and the operator's own commands. */
const CALL_HOMES =
  /^src\/(lib\/(safe-fetch|vetted-host|vetted-connection|connection-pool)|cli\/(api-client|install))\.ts$/
const CALL_MODULES = /^(node:)?(http|https|http2|net|tls|dgram|dns|dns\/promises)$/
const BUN_CALLS = ['fetch', 'connect', 'udpSocket', 'dns', 's3', 'S3Client', 'redis', 'RedisClient', 'sql', 'SQL']
/** What these modules have that calls nobody. */
const HARMLESS = ['isIP']

/** What has one home in the program. Everywhere else it is a fault. */
const HOMES: readonly Rule[] = [
  { what: 'console', home: /^src\/cli\//, matches: (node) => isMember(node, 'console') },
  { what: 'process.env', home: /^src\/config\/environment\.ts$/, matches: (node) => isMember(node, 'process', 'env') },
  { what: 'Bun.env', home: /^$/, matches: (node) => isMember(node, 'Bun', 'env') },
  { what: 'process.exit', home: /^src\/main\.ts$/, matches: (node) => isMember(node, 'process', 'exit') },
  { what: 'Bun.spawn', home: /^src\/lib\/exec\.ts$/, matches: isSpawn },
  { what: 'node:child_process', home: /^$/, matches: isChildProcess },
  {
    what: 'new Date',
    home: /^src\/lib\/clock\.ts$/,
    matches: (node) => node.type === 'NewExpression' && isNamed(node.callee, 'Date'),
  },
  { what: 'Date.now', home: /^src\/lib\/clock\.ts$/, matches: (node) => isMember(node, 'Date', 'now') },
  { what: 'a cast', home: CAST_HOMES, matches: isCast },
  { what: 'a call to another host', home: CALL_HOMES, matches: isCallAway },
  {
    what: 'nodemailer',
    home: /^src\/core\/mail\//,
    matches: (node) => isImport(node) && comesFrom(node, /^nodemailer/),
  },
  { what: 'Math.random', home: /^$/, matches: (node) => isMember(node, 'Math', 'random') },
]

/** What is wrong with one file, a sentence each. The homes bind the program (`src`, `views`), the rest binds every file. */
export function tidyFaults(file: SourceFile): string[] {
  const faults = [...nameFaults(file), ...lengthFaults(file)]
  const isProgram = /^(src|views)\//.test(file.path)
  const { program, comments } = parse(file)
  const say = (node: { start: number }, what: string) =>
    faults.push(`${file.path}:${lineAt(file.text, node.start)} ${what}`)
  for (const comment of comments) {
    if (/\b(TODO|FIXME|XXX|HACK)\b/.test(comment.value)) say(comment, 'a note to do something later')
    if (/@ts-(ignore|expect-error|nocheck)/.test(comment.value)) say(comment, 'a silenced type error')
  }
  if (!isNode(program)) return faults
  walk(program, (node, ancestors) => {
    if (node.type === 'TSAnyKeyword') say(node, 'any')
    if (node.type === 'ExportDefaultDeclaration' && !file.path.endsWith('.d.ts')) say(node, 'a default export')
    if (isProgram && isArrowAtTop(node, ancestors)) say(node, 'a function at the top of a file is declared')
    const lines = functionLines(node, ancestors, file.text)
    if (lines > FUNCTION_LINES_MAX) say(node, `a function of ${lines} lines (at most ${FUNCTION_LINES_MAX})`)
    if (!isProgram) return
    for (const rule of HOMES)
      if (rule.matches(node) && !rule.home.test(file.path)) say(node, `${rule.what} outside its home`)
  })
  return faults
}

/** The number of lines that `share` (0 to 1) of the files do not exceed. */
export function percentile(lines: readonly number[], share: number): number {
  const sorted = [...lines].sort((a, b) => a - b)
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? 0
}

export function linesOf({ text }: SourceFile): number {
  return text.split('\n').length - (text.endsWith('\n') ? 1 : 0)
}

function nameFaults({ path }: SourceFile): string[] {
  const stem = basename(path).replace(/\.(test|browser\.test|d)?\.?tsx?$/, '')
  if (NAMED_BY_HOUSE.has(path)) return []
  if (EMPTY_NAMES.has(stem)) return [`${path} the name says nothing`]
  return /^[a-z0-9]+([-.][a-z0-9]+)*$/.test(stem) ? [] : [`${path} the name is not kebab-case`]
}

function lengthFaults(file: SourceFile): string[] {
  const lines = linesOf(file)
  return lines > FILE_LINES_MAX ? [`${file.path} has ${lines} lines (at most ${FILE_LINES_MAX})`] : []
}

/** The length of a function; 0 for other nodes and for the body of a `describe`, which is a chapter and no function. */
function functionLines(node: Node, ancestors: readonly Node[], text: string): number {
  if (!/^(Arrow)?Function(Declaration|Expression)$/.test(node.type) || isChapter(ancestors.at(-1))) return 0
  return text.slice(node.start, node.end).split('\n').length
}

function isChapter(parent: Node | undefined): boolean {
  if (parent?.type !== 'CallExpression' || !isNode(parent.callee)) return false
  const { callee } = parent
  return isNamed(callee, 'describe') || (callee.type === 'MemberExpression' && isNamed(callee.object, 'describe'))
}

function isArrowAtTop(node: Node, ancestors: readonly Node[]): boolean {
  if (node.type !== 'VariableDeclarator' || !isNode(node.init) || node.init.type !== 'ArrowFunctionExpression')
    return false
  const holders = ancestors.slice(0, -1).map((one) => one.type)
  return holders.every((type) => type === 'ExportNamedDeclaration' || type === 'Program')
}

function isMember(node: Node, object: string, property?: string): boolean {
  if (node.type !== 'MemberExpression' || !isNamed(node.object, object)) return false
  if (property === undefined) return true
  const { property: own } = node
  return isNamed(own, property) || (isNode(own) && own.type === 'Literal' && own.value === property)
}

function isSpawn(node: Node): boolean {
  if (isMember(node, 'Bun', 'spawn') || isMember(node, 'Bun', 'spawnSync') || isMember(node, 'Bun', '$')) return true
  return node.type === 'ImportSpecifier' && ['spawn', 'spawnSync', '$'].some((name) => isNamed(node.imported, name))
}

function isCallAway(node: Node): boolean {
  if (node.type === 'CallExpression') return isNamed(node.callee, 'fetch')
  if (node.type === 'NewExpression') return ['WebSocket', 'EventSource'].some((name) => isNamed(node.callee, name))
  if (node.type === 'MemberExpression') return BUN_CALLS.some((name) => isMember(node, 'Bun', name))
  if (node.type === 'ImportExpression') return comesFrom(node, CALL_MODULES)
  if (node.type !== 'ImportDeclaration' || node.importKind === 'type') return false
  const taken = nodesIn(node.specifiers).filter(({ importKind }) => importKind !== 'type')
  if (comesFrom(node, /^bun$/)) return taken.some((one) => BUN_CALLS.some((name) => isNamed(one.imported, name)))
  return comesFrom(node, CALL_MODULES) && !taken.every((one) => HARMLESS.some((name) => isNamed(one.imported, name)))
}

function isImport({ type }: Node): boolean {
  return type === 'ImportDeclaration' || type === 'ImportExpression'
}

function comesFrom({ source }: Node, modules: RegExp): boolean {
  return isNode(source) && modules.test(String(source.value))
}

function nodesIn(value: unknown): Node[] {
  return Array.isArray(value) ? value.filter(isNode) : []
}

function isCast(node: Node): boolean {
  if (node.type !== 'TSAsExpression' || !isNode(node.typeAnnotation)) return false
  return !isNamed(node.typeAnnotation.typeName, 'const')
}

function isChildProcess(node: Node): boolean {
  return isImport(node) && comesFrom(node, /^(node:)?child_process$/)
}

function isNamed(value: unknown, name: string): boolean {
  return isNode(value) && value.type === 'Identifier' && value.name === name
}
