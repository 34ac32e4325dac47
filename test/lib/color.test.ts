import { expect, test } from 'bun:test'
import { accentsOf, parseColor } from '#lib/color.ts'
import { contrast, SHAPE_CONTRAST_MIN, TEXT_CONTRAST_MIN } from '#lib/contrast.ts'

const CORNERS = ['#ffffff', '#000000', '#ffff00', '#777777', '#ff0000', '#00ff00', '#0000ff', '#00ffff', '#ff00ff']
const STEPS = ['00', '33', '66', '77', '99', 'cc', 'ff']
const GRID = STEPS.flatMap((red) => STEPS.flatMap((green) => STEPS.map((blue) => `#${red}${green}${blue}`)))

/** The colours of our own sheet, as it has them: `light-dark(a, b)`. */
async function token(name: string): Promise<[light: string, dark: string]> {
  const sheet = await Bun.file('views/assets/css/tokens.css').text()
  const [, light = '', dark = ''] =
    new RegExp(`--hf-${name}: light-dark\\((#[0-9a-f]{6}), (#[0-9a-f]{6})\\)`).exec(sheet) ?? []
  return [light, dark]
}

test('a colour is a # and six digits, in either case, and nothing else', () => {
  expect([parseColor('#0a5fb8'), parseColor('#0A5FB8')]).toEqual(['#0a5fb8', '#0a5fb8'])
  const others = [
    'red',
    '#12',
    '#fff',
    '#12345g',
    '#1234567',
    '#12345678',
    'url(x)',
    '#123456;}',
    ' #123456',
    '#123456\n',
  ]
  for (const text of [...others, '', '0a5fb8', '#١٢٣٤٥٦', 'rgb(1,2,3)', 'transparent']) {
    expect([text, parseColor(text)]).toEqual([text, undefined])
  }
})

test('contrast is that of WCAG', () => {
  expect(contrast('#000000', '#ffffff')).toBe(21)
  expect(contrast('#777777', '#777777')).toBe(1)
  expect(contrast('#ffffff', '#767676')).toBeCloseTo(4.54, 2)
  expect(contrast('#ff0000', '#ffffff')).toBeCloseTo(4, 1)
})

test('whatever the colour is, its text can be read on every ground of both themes of our own sheet', async () => {
  const names = ['ground', 'surface', 'raised', 'hover']
  const grounds = await Promise.all(names.map(token))
  const [inkSoft, ink] = [await token('ink-soft'), await token('ink')]
  for (const color of [...CORNERS, ...GRID]) {
    const { light, dark } = accentsOf(color)
    for (const [at, tones] of [light, dark].entries()) {
      for (const ground of [...grounds.map((pair) => pair[at] ?? ''), tones.soft]) {
        const worst = contrast(tones.accent, ground)
        expect([color, at, ground, worst >= TEXT_CONTRAST_MIN]).toEqual([color, at, ground, true])
      }
      for (const text of [inkSoft[at] ?? '', ink[at] ?? '']) {
        expect([color, at, text, contrast(text, tones.soft) >= TEXT_CONTRAST_MIN]).toEqual([color, at, text, true])
      }
    }
  }
})

test('whatever the colour is, white can be read on a filled shape, the shape can be seen, and so can the letter of its mark', async () => {
  const surface = await token('surface')
  for (const color of [...CORNERS, ...GRID]) {
    const { mark, markInk, light, dark } = accentsOf(color)
    expect([color, mark, contrast(mark, markInk) >= TEXT_CONTRAST_MIN]).toEqual([color, color, true])
    for (const [at, { fill, fillHover }] of [light, dark].entries()) {
      expect([color, at, contrast(fillHover, '#ffffff') >= TEXT_CONTRAST_MIN]).toEqual([color, at, true])
      expect([color, at, contrast(fill, '#ffffff') >= TEXT_CONTRAST_MIN]).toEqual([color, at, true])
      expect([color, at, contrast(fill, surface[at] ?? '') >= SHAPE_CONTRAST_MIN]).toEqual([color, at, true])
    }
  }
})

test('a colour that can be read as it is stays as it is', () => {
  expect(accentsOf('#0a5fb8').light).toMatchObject({ accent: '#0a5fb8', fill: '#0a5fb8' })
  expect(accentsOf('#e8a317').dark.accent).toBe('#e8a317')
  expect(accentsOf('#ffff00').light.accent).not.toBe('#ffff00')
})
