import { accentsOf, parseColor, type Tones } from '#lib/color.ts'
import { sha256Hex } from '#lib/token.ts'

const FINGERPRINT_CHARS = 16
const SHEETS_KEPT_MAX = 1000

/** The style sheet of a colour. `fingerprint` names its content. */
export type BrandSheet = Readonly<{ fingerprint: string; css: string }>

const sheets = new Map<string, BrandSheet>()

/** The sheet of a stored colour; undefined for none, and for a text that is no colour, so that no other text reaches a sheet. */
export function sheetOf(stored: string | null): BrandSheet | undefined {
  const color = stored === null ? undefined : parseColor(stored)
  return color === undefined ? undefined : (sheets.get(color) ?? remember(color))
}

/** Every page names its sheet, and a colour takes a fraction of a millisecond to work out. */
function remember(color: string): BrandSheet {
  if (sheets.size >= SHEETS_KEPT_MAX) sheets.clear()
  const css = cssOf(color)
  const sheet = { css, fingerprint: sha256Hex(css).slice(0, FINGERPRINT_CHARS) }
  sheets.set(color, sheet)
  return sheet
}

function cssOf(color: string): string {
  const { mark, markInk, light, dark } = accentsOf(color)
  const both = (tone: keyof Tones) => `light-dark(${light[tone]}, ${dark[tone]})`
  const properties = [
    ['--hf-honey', mark],
    ['--hf-honey-ink', markInk],
    ['--hf-accent', both('accent')],
    ['--hf-accent-soft', both('soft')],
    ['--hf-fill', both('fill')],
    ['--hf-fill-hover', both('fillHover')],
    ['--tblr-primary', both('fill')],
    ['--tblr-primary-fg', '#ffffff'],
  ]
  const lines = properties.map(([name, value]) => `  ${name}: ${value};\n`)
  return `:root,\n:root[data-bs-theme] {\n${lines.join('')}}\n`
}
