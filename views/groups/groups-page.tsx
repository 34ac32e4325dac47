import { LinkButton } from '#views/ui/button.tsx'
import { Empty } from '#views/ui/empty.tsx'
import { Icon } from '#views/ui/icon.tsx'
import { PageHead } from '#views/ui/page-head.tsx'
import { CreateDialog, type NameDraft } from './create-dialog.tsx'
import { type GrantDraft, GrantForm } from './grant-form.tsx'
import type { GroupRowProps, MatrixContext } from './group-row.tsx'
import { GroupsSearch } from './groups-search.tsx'
import { MatrixFoot } from './matrix-foot.tsx'
import { MatrixTable } from './matrix-table.tsx'

export type GroupsProps = MatrixContext &
  Readonly<{
    orgName: string
    rows: readonly GroupRowProps[]
    /** Every group of the org by name, whatever is searched for. */
    all: readonly Readonly<{ id: number; name: string }>[]
    /** How many the search finds, on all of its pages. */
    found: number
    nextCursor: string | undefined
    /** The form for a new group as last sent; undefined leaves its dialog closed. */
    draft?: NameDraft | undefined
    grantDraft?: GrantDraft | undefined
  }>

export function GroupsContent(props: GroupsProps): JSX.Element {
  return (
    <>
      <PageHead
        title="Groups"
        text={`A group gives its members permissions in ${props.orgName} on top of their roles. Changes count from their next click.`}
        action={props.canEdit ? <CreateButton isPrimary={true} /> : undefined}
      />
      <GroupsCard {...props} />
    </>
  )
}

/** A link for those without scripts; app.js opens the dialog that is already in the page instead. */
function CreateButton(props: Readonly<{ isPrimary: boolean }>): JSX.Element {
  return (
    <a class={['btn', props.isPrimary && 'btn-primary']} href="/groups?create=1" data-dialog="group-create">
      <Icon name="plus" />
      New group
    </a>
  )
}

/** The fragment of every form and of the search on this page but the toggles. */
export function GroupsCard(props: GroupsProps): JSX.Element {
  const { state, canEdit, all, held } = props
  return (
    <div id="groups">
      <section class="card" aria-label="Groups and permissions">
        {all.length > 0 && (
          <div class="hf-toolbar hf-toolbar-end">
            <GroupsSearch q={state.q} />
          </div>
        )}
        {props.rows.length > 0 ? <MatrixTable {...props} /> : <NoGroups {...props} />}
        {props.rows.length > 0 && <MatrixFoot {...props} />}
      </section>
      {canEdit && all.length > 0 && (
        <section class="card hf-card-form" aria-labelledby="grant-title">
          <h2 id="grant-title">Add a permission</h2>
          <GrantForm
            state={state}
            draft={props.grantDraft ?? {}}
            suggestions={props.catalogue.filter(({ permission }) => held.has(permission))}
            all={all}
          />
        </section>
      )}
      {canEdit && <CreateDialog state={state} draft={props.draft ?? {}} isOpen={props.draft !== undefined} />}
    </div>
  )
}

function NoGroups(props: GroupsProps): JSX.Element {
  if (props.all.length > 0) {
    return (
      <Empty icon="search" title="No group found" text={`No name of a group here contains “${props.state.q}”.`}>
        <LinkButton label="Clear search" href="/groups" />
      </Empty>
    )
  }
  return (
    <Empty
      icon="users-group"
      title="No groups yet"
      text="Make one for a team, choose what it may do, then add its people."
    >
      {props.canEdit ? <CreateButton isPrimary={false} /> : undefined}
    </Empty>
  )
}
