import { relative, resolve } from 'node:path'
import { recursiveDiagnoseJsxElements } from '@kitajs/ts-html-plugin/dist/util'
import ts from 'typescript'
import { findFaults } from './rules.ts'

const ROOT = resolve(import.meta.dir, '../..')
const PLANTED = resolve(import.meta.dir, 'planted.tsx')

type Fault = Readonly<{ path: string; line: number; text: string }>

const paths = [...new Bun.Glob('{views,src}/**/*.tsx').scanSync({ cwd: ROOT, absolute: true })].sort()
const program = ts.createProgram([...paths, PLANTED, ...declarations()], compilerOptions())
const missed = unfound(scan(PLANTED))
const faults = paths.flatMap(scan)

for (const line of missed) console.error(`scripts/xss/planted.tsx:${line} the scan is blind here, or sees too much`)
for (const fault of faults) console.error(`${fault.path}:${fault.line} ${fault.text}`)
console.log(`${paths.length} files scanned, ${faults.length} faults, ${missed.length} lines misjudged`)
process.exitCode = faults.length + missed.length > 0 ? 1 : 0

/** What `xss-scan` finds in a file, then what it does not look at. */
function scan(path: string): Fault[] {
  const file = program.getSourceFile(path)
  if (!file) throw new Error(`${path} was not read.`)
  const shown = relative(ROOT, path)
  const found: Fault[] = []
  const see = (start: number, text: string) =>
    found.push({ path: shown, line: file.getLineAndCharacterOfPosition(start).line + 1, text })
  const diagnostics: ts.Diagnostic[] = []
  recursiveDiagnoseJsxElements(ts, file, program.getTypeChecker(), diagnostics)
  for (const one of diagnostics) see(one.start ?? 0, ts.flattenDiagnosticMessageText(one.messageText, ' '))
  findFaults(file, shown, program.getTypeChecker(), (node, fault) =>
    see(node.getStart(), `${node.getText().slice(0, 60)} ${fault}`),
  )
  return found
}

/** The lines where the planted file and the scan disagree. A scan that misses a planted fault proves nothing. */
function unfound(found: readonly Fault[]): number[] {
  const lines = program.getSourceFile(PLANTED)?.text.split('\n') ?? []
  const marked = new Set(lines.flatMap((line, index) => (line.includes('{/* fault */}') ? [index + 1] : [])))
  const seen = new Set(found.map((fault) => fault.line))
  return [...marked.symmetricDifference(seen)].sort((a, b) => a - b)
}

function compilerOptions(): ts.CompilerOptions {
  const path = resolve(ROOT, 'tsconfig.json')
  const { config } = ts.readConfigFile(path, ts.sys.readFile)
  return ts.parseJsonConfigFileContent(config, ts.sys, ROOT).options
}

function declarations(): string[] {
  return [...new Bun.Glob('{views,src}/**/*.d.ts').scanSync({ cwd: ROOT, absolute: true })]
}
