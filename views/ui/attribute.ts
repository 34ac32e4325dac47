const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' }

/**
 * Text for an attribute's value. JSX escapes only the double quote there, so `&quot;` or `&#106;` typed by a person would
 * come back as another character, or as another URL scheme. And htmx rewrites each `<hx-…>` in the source of a fragment
 * before it is parsed, putting quotes there, so that one inside a value would end it.
 */
export function attribute(text: string): string {
  return text.replaceAll(/[&<>]/g, (character) => ENTITIES[character] ?? '')
}
