import { grouped } from './backup-words.ts'

export type Counts = Readonly<{ added: number; changed: number; removed: number }>

export type TableCounts = Counts & Readonly<{ name: string }>

/** What people call a table, where it is not its own name. */
const NAMES: Readonly<Record<string, string>> = {
  orgs: 'organization',
  org_logos: 'logo',
  user_orgs: 'members',
  users: 'accounts',
  usage_days: 'usage by day',
  usage_levels: 'usage levels',
  smtp_settings: 'mail server',
  health_settings: 'alerts of health',
}

/** Rows that a restore would change, by table. */
export function ChangesTable(props: Readonly<{ rows: readonly TableCounts[] }>): JSX.Element {
  return (
    <section class="hf-preview-rows" aria-label="Rows that a restore would change" tabindex="0">
      <table class="table">
        <thead>
          <tr>
            <th scope="col">In</th>
            <th scope="col">Added</th>
            <th scope="col">Changed</th>
            <th scope="col">Removed</th>
          </tr>
        </thead>
        <tbody>
          {props.rows.map((row) => (
            <tr>
              <th scope="row" safe>
                {NAMES[row.name] ?? row.name.replaceAll('_', ' ')}
              </th>
              <td safe>{grouped(row.added)}</td>
              <td safe>{grouped(row.changed)}</td>
              <td safe>{grouped(row.removed)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}
