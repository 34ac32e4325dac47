export type Element = Readonly<{ tag: string; attributes: ReadonlyMap<string, string> }>

/** The elements of a page in order, with their attributes as a browser would read them. */
export function elementsOf(html: string): Element[] {
  const elements: Element[] = []
  const rewriter = new HTMLRewriter().on('*', {
    element(element) {
      const attributes = [...element.attributes].map(([name = '', value = '']) => [name, decoded(value)] as const)
      elements.push({ tag: element.tagName, attributes: new Map(attributes) })
    },
  })
  rewriter.transform(html)
  return elements
}

/** The shape of a page: each tag with the names of its attributes, without any value. */
export function shapeOf(html: string): string[] {
  return elementsOf(html).map(({ tag, attributes }) => `${tag} ${[...attributes.keys()].join(' ')}`)
}

export function valuesOf(html: string, tag: string, attribute: string): string[] {
  return elementsOf(html).flatMap((element) => {
    const value = element.tag === tag ? element.attributes.get(attribute) : undefined
    return value === undefined ? [] : [value]
  })
}

/** What a person reads: the text between the tags. */
export function textOf(html: string): string {
  return decoded(html.replaceAll(/<[^>]*>/g, ' '))
    .replaceAll(/\s+/g, ' ')
    .trim()
}

const NAMED: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"' }

function decoded(text: string): string {
  return text.replaceAll(/&(?:#x([0-9a-f]+)|#(\d+)|(amp|lt|gt|quot));/gi, (whole, hex, decimal, name) => {
    if (hex) return String.fromCodePoint(Number.parseInt(hex, 16))
    if (decimal) return String.fromCodePoint(Number(decimal))
    return NAMED[String(name).toLowerCase()] ?? whole
  })
}
