/** The markup of an element as text. No view waits for anything, so a promise here is a mistake and throws. */
export function render(element: JSX.Element): string {
  if (typeof element !== 'string') throw new TypeError('a view must render at once')
  return element
}
