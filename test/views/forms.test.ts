import { describe, expect, test } from 'bun:test'
import { gallery } from './gallery.tsx'
import { type Element, elementsOf, textOf } from './markup.ts'

const pages = [...gallery((text) => text, 'dark')].map(([name, html]) => ({ name, html, elements: elementsOf(html) }))

function every(
  what: (element: Element) => boolean,
  isRight: (element: Element, ids: ReadonlySet<string>) => boolean,
): void {
  let count = 0
  for (const { name, elements } of pages) {
    const ids = new Set(elements.flatMap(({ attributes }) => attributes.get('id') ?? []))
    for (const element of elements.filter(what)) {
      count += 1
      const shown = `${element.tag} ${JSON.stringify([...element.attributes])}`
      expect([name, shown, isRight(element, ids)]).toEqual([name, shown, true])
    }
  }
  expect(count).toBeGreaterThan(0)
}

const has = (tag: string, attribute: string) => (element: Element) =>
  element.tag === tag && element.attributes.has(attribute)

describe('every page', () => {
  test('each form says where it goes without scripts, and goes to the same place with them', () => {
    every(
      ({ tag }) => tag === 'form',
      ({ attributes }) => {
        const enhanced = attributes.get('hx-post') ?? attributes.get('hx-get') ?? attributes.get('action')
        const method = attributes.has('hx-get') ? 'get' : 'post'
        return (
          enhanced === attributes.get('action') && (attributes.get('method') === method || !attributes.has('hx-post'))
        )
      },
    )
  })

  test('a form that changes something is a POST', () => {
    every(
      ({ tag, attributes }) => tag === 'form' && !attributes.has('hx-get'),
      ({ attributes }) => attributes.get('method') === 'post',
    )
  })

  test('each part that a form replaces is in the page', () => {
    every(has('form', 'hx-target'), ({ attributes }, ids) => ids.has(attributes.get('hx-target')?.slice(1) ?? ''))
  })

  test('each button of a form is held while its request is on its way, or its requests wait for each other', () => {
    every(
      has('form', 'hx-post'),
      ({ attributes }) =>
        attributes.get('hx-disable') === 'find [type=submit]' || attributes.get('hx-sync') === 'queue all',
    )
  })

  test('each button says what it does when it is pressed', () => {
    every(
      ({ tag }) => tag === 'button',
      ({ attributes }) => attributes.get('type') === 'submit' || attributes.get('type') === 'button',
    )
  })

  test('each dialog and menu that a button opens is in the page', () => {
    every(has('button', 'commandfor'), ({ attributes }, ids) => ids.has(attributes.get('commandfor') ?? ''))
    every(has('button', 'popovertarget'), ({ attributes }, ids) => ids.has(attributes.get('popovertarget') ?? ''))
  })

  test('what describes or names an element is in the page', () => {
    for (const name of ['aria-describedby', 'aria-labelledby']) {
      every(
        ({ attributes }) => attributes.has(name),
        ({ attributes }, ids) => (attributes.get(name) ?? '').split(' ').every((id) => ids.has(id)),
      )
    }
    every(has('label', 'for'), ({ attributes }, ids) => ids.has(attributes.get('for') ?? ''))
  })

  test('an id is given once', () => {
    for (const { name, elements } of pages) {
      const ids = elements.flatMap(({ attributes }) => attributes.get('id') ?? [])
      expect([name, ids.filter((id, index) => ids.indexOf(id) !== index)]).toEqual([name, []])
    }
  })

  test('a password has no value, a limit and a word for the password manager', () => {
    every(
      ({ tag, attributes }) => tag === 'input' && attributes.get('type') === 'password',
      ({ attributes }) =>
        !attributes.has('value') &&
        attributes.get('maxlength') === '1024' &&
        ['current-password', 'new-password'].includes(attributes.get('autocomplete') ?? ''),
    )
  })

  test('a field that was refused says so, and why', () => {
    every(
      ({ attributes }) => (attributes.get('class') ?? '').includes('is-invalid'),
      ({ attributes }) => attributes.get('aria-invalid') === 'true' && attributes.has('aria-describedby'),
    )
  })

  test('nothing is styled or scripted in the markup', () => {
    for (const { name, elements } of pages) {
      const names = elements.flatMap(({ attributes }) => [...attributes.keys()])
      expect([name, names.filter((attribute) => /^(style|on|hx-on|hx-vals|attrs)/.test(attribute))]).toEqual([name, []])
      const scripts = elements.filter(
        ({ tag, attributes }) => tag === 'style' || (tag === 'script' && !attributes.has('src')),
      )
      expect([name, scripts]).toEqual([name, []])
    }
  })

  test('the words are calm', () => {
    for (const { name, html } of pages) {
      expect([name, textOf(html.replace('<!doctype html>', '')).match(/!|\bplease\b|\bsuccessfully\b/i)]).toEqual([
        name,
        null,
      ])
    }
  })
})
