/** A secret that was planted: it is looked for everywhere, in every form it may take. */
export type Canary = Readonly<{ name: string; value: string }>
/** A place that was written to or answered. */
export type Haystack = Readonly<{ where: string; text: string }>
/** Where a secret may be seen, and why. `where` is the beginning of a place's name. */
export type Shown = Readonly<{ canary: string; where: string; why: string }>

const ALIGNMENTS = [0, 1, 2]

/** Every planted secret in a place that is not on the list of those that show it. */
export function leaks(canaries: readonly Canary[], haystacks: readonly Haystack[], shown: readonly Shown[]): string[] {
  return canaries.flatMap((canary) => {
    const places = placesOf(canary, haystacks)
    return places.filter((where) => !isShown(canary, where, shown)).map((where) => `${canary.name} in ${where}`)
  })
}

/** The places where a secret is, in any form. */
export function placesOf(canary: Canary, haystacks: readonly Haystack[]): string[] {
  const forms = formsOf(canary.value)
  return haystacks.filter(({ text }) => forms.some((form) => text.includes(form))).map(({ where }) => where)
}

/** Rows of the list that show nothing any more. */
export function staleShown(
  canaries: readonly Canary[],
  haystacks: readonly Haystack[],
  shown: readonly Shown[],
): string[] {
  return shown.flatMap((row) => {
    const own = canaries.filter(({ name }) => name === row.canary)
    const isSeen = own.some((canary) => placesOf(canary, haystacks).some((where) => where.startsWith(row.where)))
    return isSeen ? [] : [`${row.canary} in ${row.where}`]
  })
}

/** As it is, escaped for JSON, URLs and HTML, in hex and inside Base64 at each of its three alignments. */
export function formsOf(value: string): string[] {
  const bytes = Buffer.from(value)
  const html = value.replaceAll('&', '&amp;').replaceAll('"', '&#34;').replaceAll("'", '&#39;').replaceAll('<', '&lt;')
  const inside = ALIGNMENTS.flatMap((before) => {
    const text = Buffer.concat([Buffer.alloc(before), bytes])
      .toString('base64')
      .replaceAll('=', '')
    // The first and last characters also hold bits of the neighbours.
    const core = text.slice(before === 0 ? 0 : before + 1, -1)
    return [core, core.replaceAll('+', '-').replaceAll('/', '_')]
  })
  return [
    ...new Set([
      value,
      escaped(value),
      // JSON kept as text in a row.
      escaped(escaped(value)),
      encodeURIComponent(value),
      new URLSearchParams({ v: value }).toString().slice(2),
      html,
      bytes.toString('hex'),
      ...inside,
    ]),
  ]
}

function escaped(value: string): string {
  return JSON.stringify(value).slice(1, -1)
}

function isShown(canary: Canary, where: string, shown: readonly Shown[]): boolean {
  return shown.some((row) => row.canary === canary.name && where.startsWith(row.where))
}
