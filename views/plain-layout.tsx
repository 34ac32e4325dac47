import type { Children } from '@kitajs/html'
import { renderDocument, type Theme } from './document.tsx'
import { ThemeMenu } from './top-bar.tsx'
import { type Brand, NamedBrandLink } from './ui/brand.tsx'
import type { Toast } from './ui/toast.tsx'

export type PlainPageProps = Readonly<{
  title: string
  theme: Theme
  /** Where the theme form comes back to: a path of this site. */
  path: string
  toasts?: readonly Toast[] | undefined
  /** Of the org at whose address the page is, or of the viewer's. */
  brand?: Brand | undefined
  /** What the window's title ends with; ours unless given. */
  siteName?: string | undefined
  children: Children
}>

/** The document of a page for anyone: the mark with its name, and one card in the middle. */
export function plainPage(props: PlainPageProps): string {
  return renderDocument({
    title: props.title,
    theme: props.theme,
    toasts: props.toasts ?? [],
    bodyClass: 'hf-plain',
    brand: props.brand,
    siteName: props.siteName,
    children: (
      <>
        <header class="hf-plain-top">
          <NamedBrandLink brand={props.brand} />
          <ThemeMenu theme={props.theme} path={props.path} />
        </header>
        <main id="main" class="hf-plain-main" tabindex="-1">
          <div class="card hf-plain-card">{props.children}</div>
        </main>
      </>
    ),
  })
}

export type PlainHeadProps = Readonly<{ title: string; text?: string | undefined }>

export function PlainHead(props: PlainHeadProps): JSX.Element {
  return (
    <div class="hf-plain-head">
      <h1 safe>{props.title}</h1>
      {props.text !== undefined && <p safe>{props.text}</p>}
    </div>
  )
}
