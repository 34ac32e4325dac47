import { type ParseResult, parseSync } from 'oxc-parser'

export type SourceFile = Readonly<{ path: string; text: string }>
export type Import = Readonly<{ specifier: string; isType: boolean; line: number }>
/** A node of the syntax tree (ESTree): a type, a range, and members by name. */
export type Node = Readonly<{ type: string; start: number; end: number } & Record<string, unknown>>

/** The TypeScript files below the given folders, by path from the project's folder. */
export async function sourceFiles(...folders: string[]): Promise<SourceFile[]> {
  const pattern = new Bun.Glob(`{${folders.join(',')}}/**/*.{ts,tsx}`)
  const paths = (await Array.fromAsync(pattern.scan('.'))).filter((path) => !path.includes('node_modules/')).sort()
  return Promise.all(paths.map(async (path) => ({ path, text: await Bun.file(path).text() })))
}

/** The syntax tree of a file. Throws when it does not parse: a sweep must never pass over a file in silence. */
export function parse({ path, text }: SourceFile): ParseResult {
  const result = parseSync(path, text)
  const fault = result.errors[0]
  if (fault) throw new Error(`${path} does not parse: ${fault.message}`)
  return result
}

/** What a file takes from others: imports, re-exports and `import()` of a literal. */
export function importsOf(file: SourceFile): Import[] {
  const { module } = parse(file)
  const found = [
    ...module.staticImports.map((one) => ({
      specifier: one.moduleRequest.value,
      start: one.start,
      isType: one.entries.length > 0 && one.entries.every((entry) => entry.isType),
    })),
    ...module.staticExports.flatMap((one) =>
      one.entries.flatMap((entry) =>
        entry.moduleRequest ? [{ specifier: entry.moduleRequest.value, start: one.start, isType: entry.isType }] : [],
      ),
    ),
    ...module.dynamicImports.map((one) => ({
      specifier: file.text.slice(one.moduleRequest.start + 1, one.moduleRequest.end - 1),
      start: one.start,
      isType: false,
    })),
  ]
  return found.map(({ specifier, start, isType }) => ({ specifier, isType, line: lineAt(file.text, start) }))
}

/** Calls `see` with every node of the tree and its ancestors, nearest last. The list of ancestors is valid during the call. */
export function walk(root: Node, see: (node: Node, ancestors: readonly Node[]) => void): void {
  visit(root, [], see)
}

function visit(node: Node, ancestors: Node[], see: (node: Node, ancestors: readonly Node[]) => void): void {
  see(node, ancestors)
  ancestors.push(node)
  for (const value of Object.values(node)) {
    if (typeof value !== 'object' || value === null) continue
    if (!Array.isArray(value)) {
      if (isNode(value)) visit(value, ancestors, see)
    } else for (const item of value) if (isNode(item)) visit(item, ancestors, see)
  }
  ancestors.pop()
}

export function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string'
}

export function lineAt(text: string, offset: number): number {
  return text.slice(0, offset).split('\n').length
}
