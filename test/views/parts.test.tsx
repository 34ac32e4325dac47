import { describe, expect, test } from 'bun:test'
import { assetUrl, registerAssets } from '#views/assets.ts'
import { renderFragment } from '#views/document.tsx'
import { page } from '#views/layout.tsx'
import { render } from '#views/render.ts'
import { Icon } from '#views/ui/icon.tsx'
import { SafeLink } from '#views/ui/safe-link.tsx'
import { Time } from '#views/ui/time.tsx'
import { hoursFromNow, NOW, shellOf } from './gallery-data.tsx'
import { elementsOf, shapeOf, textOf, valuesOf } from './markup.ts'

const say = (text: string) => text

function documentIn(theme: 'light' | 'dark' | 'auto', orgCount = 1): string {
  return page({
    title: 'Members',
    section: 'Workspace',
    shell: shellOf(say, theme, orgCount),
    toasts: [],
    children: '',
  })
}

describe('the document', () => {
  test('names the theme that was chosen, and leaves it open where none was', () => {
    expect(valuesOf(documentIn('dark'), 'html', 'data-bs-theme')).toEqual(['dark'])
    expect(valuesOf(documentIn('auto'), 'html', 'data-bs-theme')).toEqual([])
    expect(valuesOf(documentIn('auto'), 'html', 'data-hf-theme')).toEqual(['auto'])
  })

  test('marks where a person is, in the side bar, the drawer and the breadcrumb', () => {
    const current = elementsOf(documentIn('light')).filter(
      ({ attributes }) => attributes.get('aria-current') === 'page',
    )
    expect(current.map(({ tag }) => tag)).toEqual(['a', 'a', 'li'])
  })

  test('offers other orgs only to those who have some', () => {
    expect(valuesOf(documentIn('light', 1), 'form', 'action')).not.toContain('/orgs')
    expect(valuesOf(documentIn('light', 2), 'form', 'action')).toContain('/orgs')
  })

  test('signs out by a form, so that a link cannot', () => {
    expect(valuesOf(documentIn('light'), 'form', 'action')).toContain('/logout')
    expect(valuesOf(documentIn('light'), 'a', 'href')).not.toContain('/logout')
  })
})

describe('a fragment', () => {
  test('of nothing but a toast leaves the part that asked as it is', () => {
    const html = renderFragment({ toasts: [{ tone: 'danger', text: 'Refused.' }] })
    expect(shapeOf(html)[0]).toBe('section id hx-swap-oob')
    expect(textOf(html)).toBe('Refused.')
  })

  test('without a toast or an announcement is the part alone', () => {
    expect(renderFragment({ toasts: [], children: <b>part</b> })).toBe('<b>part</b>')
  })
})

describe('parts', () => {
  test('an icon is drawn inside the page and hidden from those who cannot see it', () => {
    const [svg, ...shapes] = elementsOf(render(<Icon name="users" />))
    expect(svg?.attributes.get('aria-hidden')).toBe('true')
    expect(shapes.length).toBeGreaterThan(1)
    expect(shapes.every(({ tag }) => tag === 'path')).toBe(true)
  })

  test('a link that a person typed leads to the web or is no link', () => {
    expect(valuesOf(render(<SafeLink url="https://acme.test/a?b=1&c=2" label="Acme" />), 'a', 'href')).toEqual([
      'https://acme.test/a?b=1&c=2',
    ])
    for (const url of ['javascript:alert(1)', ' JaVaScRiPt:alert(1)', 'data:text/html,x', '//acme.test', 'acme', '']) {
      expect(shapeOf(render(<SafeLink url={url} label="Acme" />))).toEqual(['span '])
    }
  })

  test('a time is told in words, with the exact one at hand', () => {
    const html = render(<Time at={hoursFromNow(-2)} now={NOW} />)
    expect(textOf(html)).toBe('2 hours ago')
    expect(valuesOf(html, 'time', 'title')).toEqual(['2026-03-01 10:00 UTC'])
  })

  test('a view that would have to wait is refused', () => {
    expect(() => render(Promise.resolve('late'))).toThrow('at once')
  })

  test('an asset has its registered address, else its plain one', () => {
    expect(assetUrl('app.css')).toBe('/assets/app.css')
    registerAssets({ 'app.css': '/assets/app.css/f00' })
    expect(assetUrl('app.css')).toBe('/assets/app.css/f00')
    expect(assetUrl('app.js')).toBe('/assets/app.js')
    registerAssets({})
  })
})
