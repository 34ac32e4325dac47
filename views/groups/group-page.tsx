import type { Role } from '#core/access/roles.ts'
import { Alert } from '#views/ui/alert.tsx'
import { LinkButton } from '#views/ui/button.tsx'
import { Empty } from '#views/ui/empty.tsx'
import { PageHead } from '#views/ui/page-head.tsx'
import { AddPersonForm } from './add-person.tsx'
import { PeopleSearch } from './people-search.tsx'
import { PeopleTable } from './people-table.tsx'
import { midSentence } from './permission-words.ts'

export type GroupMemberProps = Readonly<{
  userId: number
  name: string
  email: string
  role: Role
  isActive: boolean
  addedAt: Date
}>

export type GroupProps = Readonly<{
  groupId: number
  name: string
  /** What it gives, in words. */
  given: readonly string[]
  members: readonly GroupMemberProps[]
  q: string
  cursor?: string | undefined
  nextCursor: string | undefined
  /** Whether the viewer may change who is in it. */
  canEdit: boolean
  /** What it gives and he does not hold, in words: then he may not. */
  missing: string | undefined
  /** People of the org who are not in it, as many as are suggested. */
  candidates: readonly Readonly<{ email: string; name: string }>[]
  now: Date
  /** The form for a person as last sent. */
  draft?: Readonly<{ person: string; fault?: string | undefined }> | undefined
}>

export function GroupContent(props: GroupProps): JSX.Element {
  return (
    <>
      <PageHead
        title={props.name}
        text={
          props.given.length > 0
            ? `Members may also ${props.given.map(midSentence).join('; ')}.`
            : 'This group gives its members no permissions yet.'
        }
        action={<LinkButton label="All groups" href="/groups" icon="users-group" />}
      />
      <GroupCard {...props} />
    </>
  )
}

/** The fragment of every form and of the search on this page. */
export function GroupCard(props: GroupProps): JSX.Element {
  const mayChange = props.canEdit && props.missing === undefined
  return (
    <div id="group">
      {props.canEdit && props.missing !== undefined && (
        <Alert
          tone="info"
          title="You cannot change who is in this group"
          text={`It gives a permission that you do not hold yourself: ${midSentence(props.missing)}.`}
        />
      )}
      {mayChange && (
        <section class="card hf-card-form" aria-labelledby="add-title">
          <h2 id="add-title">Add a person</h2>
          <AddPersonForm {...props} />
        </section>
      )}
      <section class="card" aria-label="People in this group">
        {(props.members.length > 0 || props.q !== '') && (
          <div class="hf-toolbar hf-toolbar-end">
            <PeopleSearch {...props} />
          </div>
        )}
        {props.members.length > 0 ? <PeopleTable {...props} mayChange={mayChange} /> : <Nobody {...props} />}
      </section>
    </div>
  )
}

function Nobody(props: GroupProps): JSX.Element {
  if (props.q !== '') {
    return (
      <Empty icon="search" title="Nobody found" text={`No name or e-mail in this group contains “${props.q}”.`}>
        <LinkButton label="Clear search" href={`/groups/${props.groupId}`} />
      </Empty>
    )
  }
  const text =
    props.canEdit && props.missing === undefined ? 'Add the first person above.' : 'It gives nothing to anybody yet.'
  return <Empty icon="users-group" title="Nobody is in this group" text={text} />
}
