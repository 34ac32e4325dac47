import { isNode, lineAt, type Node, parse, type SourceFile, walk } from './source.ts'

/** Who may say for which org, and with which rights, something is done: a person's request, a job's row, the operator. */
const HOMES = /^src\/(http\/|jobs\/worker\.ts$|cli\/)/
const RIGHTS = ['orgId', 'actor', 'role', 'permissions']
const TYPES = ['Scope', 'JobScope']

/**
 * The places of one file that make a `Scope` or a `JobScope` and are not one of the three. A scope is made by an object with an
 * org and permissions, by a copy of a scope with a right exchanged, by an object that is declared to be one, and by the maker
 * of `http/` in another's hands.
 */
export function scopeFaults(file: SourceFile): string[] {
  if (!file.path.startsWith('src/') || HOMES.test(file.path)) return []
  const faults: string[] = []
  const { program } = parse(file)
  if (!isNode(program)) return faults
  walk(program, (node, around) => {
    if (node.type !== 'ObjectExpression' && node.type !== 'CallExpression') return
    const ancestors = around.filter(({ type }) => type !== 'ParenthesizedExpression').toReversed()
    const how = makingOf(node, ancestors)
    if (how !== undefined) faults.push(`${file.path}:${lineAt(file.text, node.start)} ${how}`)
  })
  return faults
}

/** The homes that do make one: an empty list would mean that the sweep looks for the wrong thing. */
export function scopeMakers(files: readonly SourceFile[]): string[] {
  const elsewhere = (file: SourceFile) => ({ path: `src/core/${file.path.replaceAll('/', '-')}`, text: file.text })
  return files
    .filter((file) => HOMES.test(file.path) && scopeFaults(elsewhere(file)).length > 0)
    .map(({ path }) => path)
}

/** `ancestors`, nearest first. */
function makingOf(node: Node, ancestors: readonly Node[]): string | undefined {
  if (node.type === 'CallExpression' && isNamed(node.callee, 'scopeOf')) return 'takes the maker of scopes from http'
  if (node.type === 'CallExpression') return undefined
  const members = Array.isArray(node.properties) ? node.properties.filter(isNode) : []
  const names = members.flatMap((member) => nameOf(member) ?? [])
  if (names.includes('orgId') && names.includes('permissions')) return 'makes a scope'
  const isCopy = members.some((member) => member.type === 'SpreadElement' && isScopeName(member.argument))
  if (isCopy && names.some((name) => RIGHTS.includes(name))) return 'changes the rights of a scope'
  return isDeclaredScope(ancestors[0], ancestors) ? 'declares an object to be a scope' : undefined
}

/** `const s: Scope = {…}`, `{…} satisfies Scope`, `<Scope>{…}`, and `return {…}` of a function that answers with one. */
function isDeclaredScope(parent: Node | undefined, ancestors: readonly Node[]): boolean {
  if (!parent) return false
  if (parent.type === 'VariableDeclarator') return isNode(parent.id) && isScopeType(parent.id.typeAnnotation)
  if (/^TS(As|Satisfies|TypeAssertion)/.test(parent.type)) return isScopeType(parent.typeAnnotation)
  const isAnswer = parent.type === 'ReturnStatement' || parent.type === 'ArrowFunctionExpression'
  const maker = isAnswer ? [parent, ...ancestors].find((one) => /Function/.test(one.type)) : undefined
  return maker !== undefined && isScopeType(maker.returnType)
}

function isScopeType(annotation: unknown): boolean {
  if (!isNode(annotation)) return false
  const type = annotation.type === 'TSTypeAnnotation' ? annotation.typeAnnotation : annotation
  if (!isNode(type)) return false
  return TYPES.some((name) => isNamed(type.typeName, name))
}

function nameOf(member: Node): string | undefined {
  if (member.type !== 'Property' || !isNode(member.key)) return undefined
  const { key } = member
  return typeof key.name === 'string' ? key.name : typeof key.value === 'string' ? key.value : undefined
}

function isScopeName(value: unknown): boolean {
  if (!isNode(value)) return false
  const name = value.type === 'MemberExpression' && isNode(value.property) ? value.property.name : value.name
  return typeof name === 'string' && /scope$/i.test(name)
}

function isNamed(value: unknown, name: string): boolean {
  return isNode(value) && value.type === 'Identifier' && value.name === name
}
