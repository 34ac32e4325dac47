import { attribute } from '#views/ui/attribute.ts'
import { LinkButton, SubmitButton } from '#views/ui/button.tsx'
import { type FieldFaults, FieldNotes } from '#views/ui/field.tsx'
import { SearchInput } from '#views/ui/search.tsx'
import { type AuditState, auditHref, isFiltered } from './list-state.ts'

/** An action by its name, with its sentence. */
export type ActionChoice = Readonly<{ action: string; sentence: string }>

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
        <ActionSelect {...props} />
        <ActorInput {...props} />
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

export function cleared({ isInstall }: AuditState): AuditState {
  return { action: '', actor: '', q: '', from: '', to: '', isInstall }
}

/** Grouped by what an action is about. */
function ActionSelect({ state, actions, faults }: FilterBarProps): JSX.Element {
  const nouns = [...new Set(actions.map(({ action }) => nounOf(action)))]
  return (
    <div>
      <label for="audit-action">Action</label>
      <select
        id="audit-action"
        name="action"
        class={['form-select', faults.action && 'is-invalid']}
        aria-invalid={faults.action ? 'true' : undefined}
        aria-describedby={faults.action ? 'audit-action-fault' : undefined}
      >
        <option value="">Every action</option>
        {nouns.map((noun) => (
          <optgroup label={attribute(noun)}>
            {actions
              .filter(({ action }) => nounOf(action) === noun)
              .map(({ action, sentence }) => (
                <option value={attribute(action)} selected={action === state.action} safe>
                  {sentence}
                </option>
              ))}
          </optgroup>
        ))}
      </select>
      <FieldNotes id="audit-action" fault={faults.action} />
    </div>
  )
}

function nounOf(action: string): string {
  const noun = action.slice(0, action.indexOf('.'))
  return noun.charAt(0).toUpperCase() + noun.slice(1)
}

function ActorInput({ state, suggested, faults }: FilterBarProps): JSX.Element {
  return (
    <div>
      <label for="audit-actor">Who</label>
      <input
        id="audit-actor"
        name="actor"
        type="text"
        class={['form-control', faults.actor && 'is-invalid']}
        value={attribute(state.actor)}
        list="audit-actors"
        maxlength={300}
        placeholder="E-mail or user id"
        autocomplete="off"
        autocapitalize="none"
        spellcheck="false"
        aria-invalid={faults.actor ? 'true' : undefined}
        aria-describedby={faults.actor ? 'audit-actor-fault' : undefined}
      />
      <datalist id="audit-actors">
        {suggested.map((email) => (
          <option value={attribute(email)} />
        ))}
      </datalist>
      <FieldNotes id="audit-actor" fault={faults.actor} />
    </div>
  )
}

type DayProps = Readonly<{ name: 'from' | 'to'; label: string; value: string; fault: string | undefined }>

function DayInput({ name, label, value, fault }: DayProps): JSX.Element {
  return (
    <div>
      <label for={`audit-${name}`} safe>
        {label}
      </label>
      <input
        id={`audit-${name}`}
        name={name}
        type="date"
        class={['form-control', fault && 'is-invalid']}
        value={attribute(value)}
        aria-invalid={fault ? 'true' : undefined}
        aria-describedby={fault ? `audit-${name}-fault` : undefined}
      />
      <FieldNotes id={`audit-${name}`} fault={fault} />
    </div>
  )
}
