import type { Role } from '#core/access/roles.ts'
import { FieldNotes } from '#views/ui/field.tsx'

/** How pages speak of a role. */
export const ROLE_WORDS: Readonly<Record<Role, Readonly<{ label: string; text: string }>>> = {
  admin: { label: 'Admin', text: 'Runs the organization: its members, roles and settings.' },
  designer: { label: 'Designer', text: 'Sets up connectors, datasets and dashboards.' },
  analyst: { label: 'Analyst', text: 'Works with the data, but changes no connectors.' },
  viewer: { label: 'Viewer', text: 'Looks at what others share.' },
}

/** What a role does, as a sentence: `An analyst works with the data…`. */
export function roleSentence(role: Role): string {
  const { label, text } = ROLE_WORDS[role]
  const article = /^[AEIOU]/.test(label) ? 'An' : 'A'
  return `${article} ${label.toLowerCase()} ${text.charAt(0).toLowerCase()}${text.slice(1)}`
}

const ROLES_SHOWN: readonly Role[] = ['admin', 'designer', 'analyst', 'viewer']

export type RoleChoiceProps = Readonly<{ id: string; value: Role; fault?: string | undefined }>

/** The roles as a list to choose from, each with what it is for. */
export function RoleChoice(props: RoleChoiceProps): JSX.Element {
  return (
    <fieldset class="hf-field hf-choices" aria-describedby={props.fault ? `${props.id}-fault` : undefined}>
      <legend class="form-label">Role</legend>
      {ROLES_SHOWN.map((role) => (
        <label class="hf-choice">
          <input class="form-check-input" type="radio" name="role" value={role} checked={role === props.value} />
          <span>
            <b safe>{ROLE_WORDS[role].label}</b>
            <small safe>{ROLE_WORDS[role].text}</small>
          </span>
        </label>
      ))}
      <FieldNotes id={props.id} fault={props.fault} />
    </fieldset>
  )
}
