import { SubmitButton } from '#views/ui/button.tsx'
import { Field, type FieldFaults, SelectField } from '#views/ui/field.tsx'
import { type GroupsState, GroupsStateFields } from './list-state.tsx'
import type { KnownPermission } from './permission-words.ts'

/** The form as last sent. */
export type GrantDraft = Readonly<{
  group?: string | undefined
  permission?: string | undefined
  target?: string | undefined
  faults?: FieldFaults | undefined
}>

export type GrantFormProps = Readonly<{
  state: GroupsState
  draft: GrantDraft
  /** What the viewer may give. */
  suggestions: readonly KnownPermission[]
  /** Every group, by name. */
  all: readonly Readonly<{ id: number; name: string }>[]
}>

/** Gives a permission by its name, also for one group only. */
export function GrantForm(props: GrantFormProps): JSX.Element {
  const { draft, all } = props
  const { faults = {} } = draft
  const names = all.map(({ id, name }) => ({ id: String(id), name }))
  return (
    <form
      class="hf-grant-form"
      method="post"
      action="/groups/permissions"
      hx-post="/groups/permissions"
      hx-target="#groups"
      hx-swap="outerHTML"
      hx-disable="find [type=submit]"
    >
      <GroupsStateFields {...props.state} />
      <SelectField
        id="grant-group"
        name="group"
        label="Group"
        value={draft.group ?? names[0]?.id ?? ''}
        choices={names.map(({ id, name }) => ({ value: id, label: name }))}
        fault={faults.group}
      />
      <Field
        id="grant-permission"
        name="permission"
        label="Permission"
        autocomplete="off"
        maxlength={100}
        value={draft.permission}
        suggestions={props.suggestions.map(({ permission, words }) => ({ value: permission, label: words }))}
        hint="Type a part of it, such as “member”."
        fault={faults.permission}
      />
      <SelectField
        id="grant-target"
        name="target"
        label="Only for"
        value={draft.target ?? ''}
        choices={[
          { value: '', label: 'Whole organization' },
          ...names.map(({ id, name }) => ({ value: `group:${id}`, label: `Group ${name}` })),
        ]}
        hint="For a permission that can be limited."
        fault={faults.target}
      />
      <SubmitButton label="Add" busyLabel="Adding…" look="plain" icon="plus" />
    </form>
  )
}
