/** A key is the text of a document or its base64; what is neither stays as it is, and is found to be no JSON. */
export function documentOfKey(key: string): string {
  const trimmed = key.trim()
  if (trimmed.startsWith('{')) return trimmed
  const compact = trimmed.replace(/\s+/g, '')
  const text = Buffer.from(compact, 'base64').toString('utf8').trim()
  return text.startsWith('{') ? text : trimmed
}
