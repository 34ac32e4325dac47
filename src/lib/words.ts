const WORD = /[\p{L}\p{N}\p{M}]+/gu
/** A UUID, or the beginning of one that somebody typed: eight digits, then groups. */
const UUID = /\b[0-9a-f]{8}(?:-[0-9a-f]{4}){1,3}(?:-[0-9a-f]{0,12})?\b/g
/** An IPv4 address, or the first parts of one. */
const ADDRESS = /\b\d{1,3}(?:\.\d{1,3}){1,3}\b/g

export const WORD_CHARS_MAX = 40

/**
 * The words of a text, in order and each once: letters, digits and marks, lower-cased after NFKC, cut at `WORD_CHARS_MAX`.
 * A UUID and an IPv4 address are one word each. At most `most` words.
 */
export function wordsOf(text: string, most: number): string[] {
  const whole = text
    .toWellFormed()
    .normalize('NFKC')
    .toLowerCase()
    .replaceAll(UUID, (uuid) => uuid.replaceAll('-', ''))
    .replaceAll(ADDRESS, (address) => address.replaceAll('.', 'x'))
  const words = new Set<string>()
  for (const [word] of whole.matchAll(WORD)) {
    words.add([...word].slice(0, WORD_CHARS_MAX).join(''))
    if (words.size === most) break
  }
  return [...words]
}
