import { dateOfMs } from '#lib/clock.ts'
import type { BandMark } from '#views/ui/bands.tsx'
import { ExactTime } from '#views/ui/time.tsx'
import type { HistoryBand } from './history-card.tsx'

const ROWS_MAX = 300

export type HistoryDataProps = Readonly<{ bands: readonly HistoryBand[]; marks: readonly BandMark[] }>

/** The same as words, for who cannot see the bands or point at them. */
export function HistoryData({ bands, marks }: HistoryDataProps): JSX.Element {
  const rows = bands.flatMap(({ label, segments }) => segments.map((segment) => ({ name: label, ...segment })))
  return (
    <details class="hf-history-data">
      <summary>Show data</summary>
      <table class="table">
        <thead>
          <tr>
            <th scope="col">Part</th>
            <th scope="col">State</th>
            <th scope="col">From</th>
            <th scope="col">To</th>
            <th scope="col">What the check said</th>
          </tr>
        </thead>
        <tbody>
          {rows.slice(0, ROWS_MAX).map(({ name, label, fromMs, toMs, message }) => (
            <tr>
              <th scope="row" safe>
                {name}
              </th>
              <td safe>{label}</td>
              <td>
                <ExactTime at={dateOfMs(fromMs)} />
              </td>
              <td>
                <ExactTime at={dateOfMs(toMs)} />
              </td>
              <td safe>{message}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {rows.length > ROWS_MAX && <p safe>{`The API has the other ${rows.length - ROWS_MAX} rows.`}</p>}
      <h3>Changes</h3>
      {marks.length === 0 ? <p>Nothing was changed.</p> : <ChangeList marks={marks} />}
    </details>
  )
}

function ChangeList({ marks }: Readonly<{ marks: readonly BandMark[] }>): JSX.Element {
  return <ul>{marks.flatMap(({ texts }) => texts.map((text) => <li safe>{text}</li>))}</ul>
}
