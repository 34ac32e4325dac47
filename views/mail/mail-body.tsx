import { render } from '#views/render.ts'
import { attribute } from '#views/ui/attribute.ts'

export type RenderedMail = Readonly<{ subject: string; html: string; text: string }>

export type MailBodyProps = Readonly<{
  title: string
  paragraphs: readonly string[]
  /** A text to copy, on a line of its own. */
  code?: string | undefined
  action: Readonly<{ label: string; url: string }>
  /** Small print under the link. */
  notes: readonly string[]
}>

const FONT = 'font-family:system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif'

/** The HTML part. Mail programs know no style sheets, so the styles stand on the elements. */
export function renderMailHtml(props: MailBodyProps): string {
  return `<!doctype html>${render(
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title safe>{props.title}</title>
      </head>
      <body style={`margin:0;padding:24px 16px;${FONT};font-size:16px;line-height:1.5`}>
        <div style="max-width:32rem;margin:0 auto">
          <p style="margin:0 0 24px;font-weight:700">Honeyframe</p>
          <h1 style="margin:0 0 12px;font-size:22px;line-height:1.3" safe>
            {props.title}
          </h1>
          {props.paragraphs.map((text) => (
            <p style="margin:0 0 16px" safe>
              {text}
            </p>
          ))}
          {props.code !== undefined && (
            <p
              style="margin:24px 0;font-family:ui-monospace,Menlo,Consolas,monospace;font-size:18px;font-weight:600"
              safe
            >
              {props.code}
            </p>
          )}
          <p style="margin:24px 0">
            <a
              href={attribute(props.action.url)}
              style="display:inline-block;padding:12px 20px;border-radius:6px;background:#0b5cad;color:#ffffff;text-decoration:none;font-weight:600"
              safe
            >
              {props.action.label}
            </a>
          </p>
          <p style="margin:0 0 4px;font-size:14px">If the button does not work, open this address:</p>
          <p style="margin:0 0 24px;font-size:14px;word-break:break-all">
            <a href={attribute(props.action.url)} style="color:#0b5cad" safe>
              {props.action.url}
            </a>
          </p>
          {props.notes.map((text) => (
            <p style="margin:0 0 8px;font-size:14px;color:#6b6b6b" safe>
              {text}
            </p>
          ))}
        </div>
      </body>
    </html>,
  )}`
}

/** The text part: each paragraph is one line, and the link stands whole on a line of its own. */
export function renderMailText(props: MailBodyProps): string {
  const { title, paragraphs, code, action, notes } = props
  const parts = [title, ...paragraphs, ...(code === undefined ? [] : [code]), action.label, action.url, ...notes]
  return `${parts.map(oneLine).join('\n\n')}\n`
}

/** A name with line breaks could otherwise pretend to be a line of ours. */
export function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, ' ').trim()
}
