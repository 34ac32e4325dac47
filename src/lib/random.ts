import { randomBytes } from 'node:crypto'

/** Where the program's randomness comes from. */
export type Random = Readonly<{
  /** `count` bytes from the system's cryptographic generator. */
  bytes(count: number): Uint8Array
  /** A UUIDv7 (RFC 9562 §5.7): later ones sort after earlier ones. */
  uuid(): string
}>

export const systemRandom: Random = {
  bytes: (count) => new Uint8Array(randomBytes(count)),
  uuid: () => Bun.randomUUIDv7(),
}

/** A number from 0 up to, but without, 1: for jitter, never for a secret's choice of characters. */
export function randomFraction(random: Random): number {
  const bytes = random.bytes(4)
  return new DataView(bytes.buffer, bytes.byteOffset).getUint32(0) / 2 ** 32
}
