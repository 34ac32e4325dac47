import { isJsx, isSafeAttribute } from '@kitajs/ts-html-plugin/dist/util'
import ts from 'typescript'

/** What `xss-scan` does not look at: `see` is called with each fault and its sentence. */
export type See = (node: ts.Node, fault: string) => void

/** Where a person's text may stand; JSX leaves `&` alone there, so it goes through `attribute()`. */
const TEXT_ATTRIBUTES = new Set(['alt', 'aria-label', 'href', 'placeholder', 'src', 'title', 'value'])

/** The only file that may vouch for text, and the folder whose pages are not under the content security policy. */
const VOUCHER = 'views/ui/icon.tsx'
const MAIL = 'views/mail/'

export function findFaults(file: ts.SourceFile, path: string, checker: ts.TypeChecker, see: See): void {
  visit(file)

  function visit(node: ts.Node): void {
    if (ts.isAsExpression(node) && node.type.getText() === "'safe'" && path !== VOUCHER) see(node, 'vouches for text')
    if (ts.isJsxExpression(node) && !ts.isJsxAttribute(node.parent)) findInChild(node, checker, see)
    if (ts.isJsxAttribute(node)) findInAttribute(node, path, checker, see)
    if (ts.isJsxSpreadAttribute(node)) findInSpread(node, checker, see)
    ts.forEachChild(node, visit)
  }
}

/** The scan trusts names that begin with `safe`, and reads only the second branch of a choice. */
function findInChild(node: ts.JsxExpression, checker: ts.TypeChecker, see: See): void {
  if (!node.expression || isEscaped(node.parent)) return
  if (/^safe/i.test(node.expression.getText())) see(node, 'is trusted for its name')
  for (const branch of firstBranches(node.expression)) {
    if (isJsx(ts, branch) || isSafeAttribute(ts, checker.getTypeAtLocation(branch), checker, branch)) continue
    see(branch, 'is not escaped')
  }
}

function isEscaped(parent: ts.Node): boolean {
  if (!ts.isJsxElement(parent)) return false
  return parent.openingElement.attributes.properties.some((attribute) => attribute.getText() === 'safe')
}

/** The `whenTrue` of every choice in an expression, the nested ones too. */
function firstBranches(expression: ts.Expression): ts.Expression[] {
  if (ts.isParenthesizedExpression(expression)) return firstBranches(expression.expression)
  if (ts.isBinaryExpression(expression)) return [...firstBranches(expression.left), ...firstBranches(expression.right)]
  if (!ts.isConditionalExpression(expression)) return []
  const first = unwrapped(expression.whenTrue)
  const nested = [...firstBranches(first), ...firstBranches(expression.whenFalse)]
  return ts.isConditionalExpression(first) ? nested : [first, ...nested]
}

function findInAttribute(node: ts.JsxAttribute, path: string, checker: ts.TypeChecker, see: See): void {
  const name = node.name.getText()
  if (name === 'attrs') see(node, 'writes raw attributes')
  if (name === 'style' && !path.startsWith(MAIL)) see(node, 'is an inline style')
  if (isHandler(name)) see(node, 'is an inline script')
  if (name === 'hx-vals' && /js:|javascript:/.test(node.initializer?.getText() ?? '')) see(node, 'is evaluated')
  const isIntrinsic = /^[a-z]/.test(node.parent.parent.tagName.getText())
  const value = node.initializer
  if (!isIntrinsic || !TEXT_ATTRIBUTES.has(name) || !value || !ts.isJsxExpression(value) || !value.expression) return
  for (const branch of branchesOf(value.expression)) {
    if (!isPlainText(branch, checker)) see(branch, 'does not go through attribute()')
  }
}

function findInSpread(node: ts.JsxSpreadAttribute, checker: ts.TypeChecker, see: See): void {
  for (const property of checker.getTypeAtLocation(node.expression).getProperties()) {
    const name = property.getName()
    if (isHandler(name)) see(node, `spreads ${name}`)
  }
}

function isHandler(name: string): boolean {
  return /^(data-)?hx-on|^on[a-z]/.test(name)
}

function branchesOf(expression: ts.Expression): ts.Expression[] {
  const node = unwrapped(expression)
  if (ts.isConditionalExpression(node)) return [...branchesOf(node.whenTrue), ...branchesOf(node.whenFalse)]
  return [node]
}

/** No string, a string the program wrote itself, or one that is escaped, or written from a number or a date. */
function isPlainText(node: ts.Expression, checker: ts.TypeChecker): boolean {
  if (/^(attribute|String|exactTime)\(/.test(node.getText())) return true
  const type = checker.getTypeAtLocation(node)
  const parts = type.isUnion() ? type.types : [type]
  return parts.every((part) => (part.flags & ts.TypeFlags.String) === 0)
}

function unwrapped(expression: ts.Expression): ts.Expression {
  return ts.isParenthesizedExpression(expression) ? unwrapped(expression.expression) : expression
}
