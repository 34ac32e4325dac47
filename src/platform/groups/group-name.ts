import { AppError } from '#core/errors.ts'

const NAME_CHARS_MAX = 100

/** A group's name as it is stored (one line, trimmed, 1 to 100 characters) and as it is compared; `invalid_name` (invalid). */
export function requireGroupName(text: string): { name: string; nameKey: string } {
  const name = text.replace(/[\p{Cc}\u2028\u2029]+/gu, ' ').trim()
  const nameKey = keyOf(name)
  if (nameKey === '' || name.length > NAME_CHARS_MAX) {
    throw new AppError('invalid', 'invalid_name', `A name has 1 to ${NAME_CHARS_MAX} characters.`, { field: 'name' })
  }
  return { name, nameKey }
}

/** Names that a person cannot tell apart are one: by case, by width, or by characters that nobody sees. */
export function keyOf(name: string): string {
  return name
    .normalize('NFKC')
    .toLowerCase()
    .normalize('NFKC')
    .replace(/\p{Cf}/gu, '')
    .replace(/\s+/gu, ' ')
    .trim()
}
