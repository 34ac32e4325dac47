/** Reads a stream of bytes by length. */
export type ByteReader = Readonly<{
  /** That many bytes; fails when the stream ends before. */
  exactly(length: number): Promise<Buffer>
  /** The next bytes as they come, at most that many. Asked again it goes on where it stopped. */
  upTo(length: number): AsyncIterable<Uint8Array>
  /** As `upTo`, but it fails when the stream ends before. */
  all(length: number): AsyncIterable<Uint8Array>
  isAtEnd(): Promise<boolean>
  close(): Promise<void>
}>

/** `tooShort` makes the error for a stream that ends before it should. */
export function createByteReader(source: AsyncIterable<Uint8Array>, tooShort: () => Error): ByteReader {
  const chunks = source[Symbol.asyncIterator]()
  let held: Uint8Array = new Uint8Array(0)

  async function fill(): Promise<boolean> {
    while (held.length === 0) {
      const { value, done } = await chunks.next()
      if (done) return false
      held = value
    }
    return true
  }

  function takeHeld(length: number): Uint8Array {
    const taken = held.subarray(0, length)
    held = held.subarray(length)
    return taken
  }

  async function exactly(length: number): Promise<Buffer> {
    const parts: Uint8Array[] = []
    for (let left = length; left > 0; ) {
      if (!(await fill())) throw tooShort()
      const part = takeHeld(left)
      parts.push(part)
      left -= part.length
    }
    return Buffer.concat(parts)
  }

  function some(length: number, isWhole: boolean): AsyncIterable<Uint8Array> {
    let left = length
    async function* bytes() {
      while (left > 0 && (await fill())) {
        const part = takeHeld(left)
        left -= part.length
        yield part
      }
      if (isWhole && left > 0) throw tooShort()
    }
    return { [Symbol.asyncIterator]: bytes }
  }

  return {
    exactly,
    upTo: (length) => some(length, false),
    all: (length) => some(length, true),
    isAtEnd: async () => !(await fill()),
    close: async () => void (await chunks.return?.()),
  }
}
