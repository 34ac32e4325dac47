import { Avatar } from '#views/ui/avatar.tsx'
import { BrandLogo } from '#views/ui/brand.tsx'
import { OpenDialogButton, SubmitButton } from '#views/ui/button.tsx'
import { Dialog, DialogFoot } from '#views/ui/dialog.tsx'
import { FileField } from '#views/ui/field.tsx'

export type LogoFormProps = Readonly<{
  name: string
  logoUrl?: string | undefined
  /** Media types. */
  accept: string
  kilobytesMax: number
  pixelsMax: number
  fault?: string | undefined
}>

/** The fragment of POST /settings/organization/logo, when it refuses. */
export function LogoForm(props: LogoFormProps): JSX.Element {
  return (
    <section id="logo-form" class="card hf-setting" aria-labelledby="logo-title">
      <div class="hf-setting-head">
        <h2 id="logo-title">Logo</h2>
        <p>
          It stands above the menu and on the sign-in page. One that can be seen on light and on dark ground does best.
        </p>
      </div>
      <div class="hf-setting-body">
        <LogoPreview name={props.name} logoUrl={props.logoUrl} />
        <form
          method="post"
          action="/settings/organization/logo"
          enctype="multipart/form-data"
          hx-post="/settings/organization/logo"
          hx-target="#logo-form"
          hx-swap="outerHTML"
          hx-disable="find [type=submit]"
        >
          <FileField
            id="logo-file"
            name="logo"
            label="Picture"
            accept={props.accept}
            hint={`PNG, JPEG or WebP, at most ${props.kilobytesMax} KB and ${props.pixelsMax} pixels a side.`}
            fault={props.fault}
          />
          <div class="hf-logo-acts">
            <SubmitButton label="Upload" busyLabel="Uploading…" look="plain" icon="upload" />
            {props.logoUrl !== undefined && (
              <OpenDialogButton label="Remove" dialogId="remove-logo" look="ghost" icon="trash" />
            )}
          </div>
        </form>
      </div>
      {props.logoUrl !== undefined && <RemoveDialog name={props.name} />}
    </section>
  )
}

function LogoPreview(props: Readonly<{ name: string; logoUrl: string | undefined }>): JSX.Element {
  return (
    <div class="hf-logo-preview">
      {props.logoUrl === undefined ? (
        <>
          <Avatar name={props.name} tone="org" />
          <p>No logo yet. Until there is one, the first letter of the name stands in its place.</p>
        </>
      ) : (
        <BrandLogo url={props.logoUrl} alt={`The logo of ${props.name}`} />
      )}
    </div>
  )
}

function RemoveDialog(props: Readonly<{ name: string }>): JSX.Element {
  return (
    <Dialog id="remove-logo" title={`Remove the logo of ${props.name}?`}>
      <form method="post" action="/settings/organization/logo/remove">
        <p>The first letter of the name stands in its place. The picture is not kept.</p>
        <DialogFoot dialogId="remove-logo">
          <SubmitButton label="Remove" busyLabel="Removing…" look="danger" />
        </DialogFoot>
      </form>
    </Dialog>
  )
}
