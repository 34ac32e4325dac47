import { wordsOf } from '#lib/words.ts'

/** Beyond them a row is found by its first words only. */
export const ROW_WORDS_MAX = 100
const ROW_CHARS_MAX = 8_000

/**
 * What a row is searched by: each word with a space before it, so that ` word` is where one begins on either engine. Of the
 * detail its values count, not their names.
 */
export function searchTextOf(parts: readonly unknown[]): string {
  const text = parts.flatMap(textsOf).join(' ').slice(0, ROW_CHARS_MAX)
  return wordsOf(text, ROW_WORDS_MAX)
    .map((word) => ` ${word}`)
    .join('')
}

function textsOf(value: unknown): string[] {
  if (value === null || value === undefined) return []
  return typeof value === 'object' ? Object.values(value).flatMap(textsOf) : [String(value)]
}
