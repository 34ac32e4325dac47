import { attribute } from '#views/ui/attribute.ts'

/** The head of the column; its box ticks every pending row shown, which takes a script. */
export function PickHead(): JSX.Element {
  return (
    <th scope="col" class="hf-cell-pick">
      <span class="visually-hidden">Selection</span>
      <label class="hf-pick hf-needs-script">
        <input
          class="form-check-input"
          type="checkbox"
          aria-label="Select every pending invitation shown"
          autocomplete="off"
          data-pick-shown
        />
      </label>
    </th>
  )
}

/** The first cell of a row; without an invitation that can be ticked it is empty. */
export function PickCell(props: Readonly<{ pending?: Readonly<{ inviteId: number; email: string }> }>): JSX.Element {
  const { pending } = props
  if (!pending) return <td class="hf-cell-pick hf-cell-none"></td>
  return (
    <td class="hf-cell-pick">
      <label class="hf-pick">
        <input
          class="form-check-input"
          type="checkbox"
          form="bulk"
          name={`pick-${pending.inviteId}`}
          value="1"
          aria-label={attribute(`Select the invitation for ${pending.email}`)}
          autocomplete="off"
          data-pick
        />
      </label>
    </td>
  )
}
