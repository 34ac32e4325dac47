import canonicalize from 'canonicalize'

/** The canonical form (RFC 8785) of a value that came from JSON, in UTF-8: the bytes that a licence's signature is over. */
export function canonicalBytes(value: object): Uint8Array {
  const text = canonicalize(value)
  if (text === undefined) throw new TypeError('The value has no JSON form.')
  return new TextEncoder().encode(text)
}
