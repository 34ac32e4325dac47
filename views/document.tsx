import type { Children } from '@kitajs/html'
import { assetUrl } from './assets.ts'
import { render } from './render.ts'
import { attribute } from './ui/attribute.ts'
import type { Brand } from './ui/brand.tsx'
import { Icon } from './ui/icon.tsx'
import { type Toast, ToastRegion, ToastsBeside } from './ui/toast.tsx'

export type Theme = 'light' | 'dark' | 'auto'

export type DocumentProps = Readonly<{
  title: string
  theme: Theme
  toasts: readonly Toast[]
  bodyClass: string
  /** Whose colours the page wears; ours without one. */
  brand?: Brand | undefined
  /** What the window's title ends with. */
  siteName?: string | undefined
  children: Children
}>

/** A whole page. `auto` leaves the theme to the style sheet's system colours, and to theme.js for what needs a name. */
export function renderDocument(props: DocumentProps): string {
  return `<!doctype html>${render(
    <html lang="en" data-bs-theme={props.theme === 'auto' ? undefined : props.theme} data-hf-theme={props.theme}>
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content={props.theme === 'auto' ? 'light dark' : props.theme} />
        <meta name="htmx-config" content="includeIndicatorCSS:false" />
        <title safe>{`${props.title} · ${props.siteName ?? 'Honeyframe'}`}</title>
        <link rel="icon" href={attribute(assetUrl('favicon.svg'))} type="image/svg+xml" />
        <script src={attribute(assetUrl('theme.js'))}></script>
        <link rel="stylesheet" href={attribute(assetUrl('tabler.css'))} />
        <link rel="stylesheet" href={attribute(assetUrl('app.css'))} />
        {props.brand?.sheetUrl !== undefined && <link rel="stylesheet" href={attribute(props.brand.sheetUrl)} />}
        <script src={attribute(assetUrl('htmx.js'))} defer></script>
        <script src={attribute(assetUrl('app.js'))} defer></script>
      </head>
      <body class={props.bodyClass}>
        <a class="hf-skip" href="#main">
          Skip to content
        </a>
        {props.children}
        <ToastRegion toasts={props.toasts} />
        <p id="live" class="visually-hidden" role="status"></p>
        <OfflineToast />
      </body>
    </html>,
  )}`
}

/** Kept in the page, for app.js to show when a request never reached the server. */
function OfflineToast(): JSX.Element {
  return (
    <template id="offline">
      <div class="hf-toast hf-toast-danger" data-toast>
        <Icon name="alert-circle" />
        <p>The server could not be reached. Nothing was changed. Check the connection, then try again.</p>
        <button type="button" class="hf-icon-button" data-dismiss aria-label="Dismiss">
          <Icon name="x" />
        </button>
      </div>
    </template>
  )
}

export type FragmentProps = Readonly<{
  toasts?: readonly Toast[] | undefined
  /** Read out to those who cannot see what changed, such as `3 people shown`. */
  announcement?: string | undefined
  /** The part that replaces itself; without one nothing but the toasts changes. */
  children?: Children
}>

/** The answer to a partial request: the exported part that moved, and what the page around it should say. */
export function renderFragment(props: FragmentProps): string {
  return render(
    <>
      {props.children}
      {props.announcement !== undefined && (
        <p id="live" hx-swap-oob="innerHTML" safe>
          {props.announcement}
        </p>
      )}
      {(props.toasts?.length ?? 0) > 0 && <ToastsBeside toasts={props.toasts ?? []} />}
    </>,
  )
}
