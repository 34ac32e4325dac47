import { Icon } from '#views/ui/icon.tsx'
import type { GroupRowProps, MatrixContext } from './group-row.tsx'
import { type KnownPermission, midSentence } from './permission-words.ts'

type CellProps = GroupRowProps & MatrixContext & Readonly<{ known: KnownPermission; formId: string }>

/** Whether a group gives a permission: a button of the row's form for whoever may change that, a mark for others. */
export function GrantCell(props: CellProps): JSX.Element {
  const { permission, words } = props.known
  const isGiven = props.permissions.has(permission)
  if (!props.canEdit) {
    return (
      <span class={['hf-grant', isGiven && 'hf-grant-given']} title={words}>
        <GrantMark isGiven={isGiven} />
        <span class="hf-matrix-words" safe>
          {isGiven ? words : `Not: ${midSentence(words)}`}
        </span>
      </span>
    )
  }
  const mayGive = props.held.has(permission)
  return (
    <button
      type="submit"
      id={`${props.formId}-${permission.replace('.', '-')}`}
      class={['hf-grant', isGiven && 'hf-grant-given']}
      form={props.formId}
      name={isGiven ? 'take' : 'give'}
      value={permission}
      aria-pressed={isGiven ? 'true' : 'false'}
      title={mayGive ? words : `${words}: you do not hold this yourself`}
      disabled={!mayGive}
    >
      <GrantMark isGiven={isGiven} />
      <span class="hf-matrix-words" safe>
        {words}
      </span>
    </button>
  )
}

function GrantMark(props: Readonly<{ isGiven: boolean }>): JSX.Element {
  return <span class="hf-grant-mark">{props.isGiven && <Icon name="check" />}</span>
}
