import { attribute } from '#views/ui/attribute.ts'
import { SubmitButton } from '#views/ui/button.tsx'
import { Dialog, DialogFoot } from '#views/ui/dialog.tsx'
import { type FieldFaults, FieldNotes } from '#views/ui/field.tsx'

/** The form as it was sent, with what was refused; `{}` for a fresh one. */
export type NewOrgDraft = Readonly<{
  name?: string | undefined
  slug?: string | undefined
  /** Reasons by field: `name`, `slug`. */
  faults?: FieldFaults | undefined
}>

export type NewOrgDialogProps = Readonly<{ draft: NewOrgDraft; apexDomain: string; isOpen: boolean }>

export function NewOrgDialog(props: NewOrgDialogProps): JSX.Element {
  const { draft } = props
  return (
    <Dialog id="new-org" title="New organization" isOpen={props.isOpen}>
      <form
        method="post"
        action="/orgs/new"
        hx-post="/orgs/new"
        hx-target="#every-org"
        hx-swap="outerHTML"
        hx-disable="find [type=submit]"
      >
        <p safe>{`Its address is <slug>.${props.apexDomain}. You become its first admin.`}</p>
        <NameField {...draft} />
        <SlugField slug={draft.slug ?? ''} fault={draft.faults?.slug} />
        <DialogFoot dialogId="new-org">
          <SubmitButton label="Create" busyLabel="Creating…" />
        </DialogFoot>
      </form>
    </Dialog>
  )
}

/** Leaving the field asks for a slug to propose. Morphed, so that what a person types meanwhile stays. */
function NameField(props: NewOrgDraft): JSX.Element {
  const fault = props.faults?.name
  return (
    <div class="hf-field">
      <label class="form-label" for="new-org-name">
        Name
      </label>
      <input
        id="new-org-name"
        name="name"
        type="text"
        class={['form-control', fault && 'is-invalid']}
        value={attribute(props.name ?? '')}
        maxlength={100}
        autocomplete="off"
        required
        autofocus
        hx-get="/orgs/slug"
        hx-include="closest form"
        hx-trigger="change"
        hx-target="#new-org-slug-field"
        hx-swap="outerMorph"
        aria-invalid={fault ? 'true' : undefined}
        aria-describedby={fault ? 'new-org-name-fault' : undefined}
      />
      <FieldNotes id="new-org-name" fault={fault} />
    </div>
  )
}

export type SlugFieldProps = Readonly<{
  slug: string
  /** What was proposed for the name; sent along, so that a slug of the person's own is left alone. */
  proposal?: string | undefined
  fault?: string | undefined
}>

/** The fragment of GET /orgs/slug. */
export function SlugField(props: SlugFieldProps): JSX.Element {
  return (
    <div id="new-org-slug-field" class="hf-field">
      <input type="hidden" name="proposal" value={attribute(props.proposal ?? '')} />
      <label class="form-label" for="new-org-slug">
        <span>Slug</span>
        <span class="form-label-description">Optional</span>
      </label>
      <input
        id="new-org-slug"
        name="slug"
        type="text"
        class={['form-control', props.fault && 'is-invalid']}
        value={attribute(props.slug)}
        maxlength={63}
        autocomplete="off"
        autocapitalize="none"
        spellcheck="false"
        aria-invalid={props.fault ? 'true' : undefined}
        aria-describedby={props.fault ? 'new-org-slug-fault' : 'new-org-slug-hint'}
      />
      <FieldNotes
        id="new-org-slug"
        hint="Letters a to z, digits and hyphens. Left empty, it is made from the name."
        fault={props.fault}
      />
    </div>
  )
}
