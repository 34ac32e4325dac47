import type { Role } from '#core/access/roles.ts'
import { plural } from '#lib/format.ts'
import { ROLE_WORDS } from '#views/members/role.tsx'
import { Alert } from '#views/ui/alert.tsx'
import { attribute } from '#views/ui/attribute.ts'
import { Avatar } from '#views/ui/avatar.tsx'
import { LinkButton, OpenDialogButton, SubmitButton } from '#views/ui/button.tsx'
import { Dialog, DialogFoot } from '#views/ui/dialog.tsx'
import { Empty } from '#views/ui/empty.tsx'
import { Field } from '#views/ui/field.tsx'
import { PageHead } from '#views/ui/page-head.tsx'
import { Pager } from '#views/ui/pager.tsx'
import { SearchInput } from '#views/ui/search.tsx'
import { Time } from '#views/ui/time.tsx'
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
          <AddForm {...props} />
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

function AddForm(props: GroupProps): JSX.Element {
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

function PeopleSearch(props: GroupProps): JSX.Element {
  const action = `/groups/${props.groupId}`
  return (
    <search>
      <form
        method="get"
        action={action}
        hx-get={action}
        hx-trigger="input delay:250ms, submit"
        hx-target="#group"
        hx-swap="outerMorph"
        hx-replace-url="true"
        hx-sync="replace"
      >
        <SearchInput id="group-search" label="Search name or e-mail" value={props.q} />
      </form>
    </search>
  )
}

function PeopleTable(props: GroupProps & Readonly<{ mayChange: boolean }>): JSX.Element {
  const search: Record<string, string> = props.q ? { q: props.q } : {}
  const path = `/groups/${props.groupId}?`
  const people = plural(props.members.length, 'person', 'people')
  const { cursor, nextCursor } = props
  return (
    <>
      <table class="table hf-table">
        <thead>
          <tr>
            <th scope="col">Person</th>
            <th scope="col">Role</th>
            <th scope="col">Added</th>
            {props.mayChange && (
              <th scope="col">
                <span class="visually-hidden">Actions</span>
              </th>
            )}
          </tr>
        </thead>
        <tbody>
          {props.members.map((member) => (
            <PersonRow {...member} groupId={props.groupId} group={props} mayChange={props.mayChange} />
          ))}
        </tbody>
      </table>
      <Pager
        summary={cursor || nextCursor ? `${people} on this page` : people}
        firstHref={cursor ? path + new URLSearchParams(search).toString() : undefined}
        nextHref={nextCursor ? path + new URLSearchParams({ ...search, cursor: nextCursor }).toString() : undefined}
      />
    </>
  )
}

type PersonRowProps = GroupMemberProps & Readonly<{ groupId: number; group: GroupProps; mayChange: boolean }>

function PersonRow(props: PersonRowProps): JSX.Element {
  const id = `person-${props.userId}-remove`
  return (
    <tr>
      <td class="hf-cell-who">
        <div class="hf-who">
          <Avatar name={props.name || props.email} />
          <div class="hf-who-lines">
            <b safe>{props.name || props.email}</b>
            <small safe>{props.isActive ? props.email : `${props.email}, deactivated`}</small>
          </div>
        </div>
      </td>
      <td class="hf-cell-fact" safe>
        {ROLE_WORDS[props.role].label}
      </td>
      <td class="hf-cell-time" data-label="Added">
        <Time at={props.addedAt} now={props.group.now} />
      </td>
      {props.mayChange && (
        <td class="hf-cell-menu">
          <OpenDialogButton label="Remove" dialogId={id} look="ghost" />
          <RemoveDialog {...props} id={id} />
        </td>
      )}
    </tr>
  )
}

function RemoveDialog(props: PersonRowProps & Readonly<{ id: string }>): JSX.Element {
  const { group } = props
  const name = props.name || props.email
  const action = `/groups/${group.groupId}/members/${props.userId}/remove`
  const loss =
    group.given.length > 0
      ? `, unless a role or another group gives it too: ${group.given.map(midSentence).join('; ')}`
      : ''
  return (
    <Dialog id={props.id} title={`Remove ${name} from ${group.name}?`}>
      <form
        method="post"
        action={action}
        hx-post={action}
        hx-target="#group"
        hx-swap="outerHTML"
        hx-disable="find [type=submit]"
      >
        {group.q !== '' && <input type="hidden" name="q" value={attribute(group.q)} />}
        <p
          safe
        >{`${name} (${props.email}) loses what the group gives${loss}. They stay a member of the organization.`}</p>
        <DialogFoot dialogId={props.id}>
          <SubmitButton label="Remove" busyLabel="Removing…" look="danger" />
        </DialogFoot>
      </form>
    </Dialog>
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
