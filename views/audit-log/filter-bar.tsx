import { LinkButton, SubmitButton } from '#views/ui/button.tsx'
import type { FieldFaults } from '#views/ui/field.tsx'
import { SearchInput } from '#views/ui/search.tsx'
import { type ActionChoice, ActionSelect } from './action-select.tsx'
import { ActorInput } from './actor-input.tsx'
import { DayInput } from './day-input.tsx'
import { type AuditState, auditHref, cleared, isFiltered } from './list-state.ts'

export type FilterBarProps = Readonly<{
  state: AuditState
  actions: readonly ActionChoice[]
  /** E-mails to suggest as actors. */
  suggested: readonly string[]
  faults: FieldFaults
}>

/** Morphs the card, so that the field a person is typing in stays the same element. */
export function FilterBar(props: FilterBarProps): JSX.Element {
  const { state } = props
  return (
    <search class="hf-audit-filter">
      <form
        method="get"
        action="/audit-log"
        hx-get="/audit-log"
        hx-trigger="input delay:300ms from:#audit-search, change, submit"
        hx-target="#audit-log"
        hx-swap="outerMorph"
        hx-replace-url="true"
        hx-sync="replace"
      >
        {state.isInstall && <input type="hidden" name="install" value="true" />}
        <div class="hf-audit-words">
          <SearchInput id="audit-search" label="Search words" value={state.q} />
        </div>
        <ActionSelect value={state.action} actions={props.actions} fault={props.faults.action} />
        <ActorInput value={state.actor} suggested={props.suggested} fault={props.faults.actor} />
        <DayInput name="from" label="From" value={state.from} fault={props.faults.from} />
        <DayInput name="to" label="To" value={state.to} fault={props.faults.to} />
        <div class="hf-audit-buttons">
          <SubmitButton label="Filter" busyLabel="Filtering…" look="plain" />
          {isFiltered(state) && <LinkButton label="Clear" look="ghost" href={auditHref(cleared(state))} />}
          <LinkButton label="Download CSV" icon="download" look="ghost" href={auditHref(state, {}, '/export.csv')} />
        </div>
      </form>
    </search>
  )
}
