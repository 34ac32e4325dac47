import { attribute } from '#views/ui/attribute.ts'

/** What the list shows: its links and forms carry it on. */
export type BackupsState = Readonly<{ cursor?: string | undefined }>

export function backupsHref(state: BackupsState, more: Readonly<Record<string, string>> = {}): string {
  const query = new URLSearchParams({ ...(state.cursor !== undefined && { cursor: state.cursor }), ...more }).toString()
  return query ? `/backups?${query}` : '/backups'
}

export function BackupsStateFields(props: BackupsState): JSX.Element {
  return <>{props.cursor !== undefined && <input type="hidden" name="cursor" value={attribute(props.cursor)} />}</>
}
