import { SubmitButton } from '#views/ui/button.tsx'
import { Field } from '#views/ui/field.tsx'
import type { GroupProps } from './group-page.tsx'

/** Takes what a person types; the browser suggests who is not in the group yet. */
export function AddPersonForm(props: GroupProps): JSX.Element {
  const action = `/groups/${props.groupId}/members`
  return (
    <form
      class="hf-form-line hf-person-form"
      method="post"
      action={action}
      hx-post={action}
      hx-target="#group"
      hx-swap="outerHTML"
      hx-disable="find [type=submit]"
    >
      <Field
        id="group-person"
        name="person"
        label="Name or e-mail"
        autocomplete="off"
        maxlength={320}
        value={props.draft?.person}
        suggestions={props.candidates.map(({ email, name }) => ({ value: email, label: name }))}
        hint="A member of this organization."
        fault={props.draft?.fault}
      />
      <SubmitButton label="Add" busyLabel="Adding…" icon="user-plus" />
    </form>
  )
}
