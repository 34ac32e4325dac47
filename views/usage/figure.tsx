import { Sparkline } from '#views/ui/sparkline.tsx'

export type FigureProps = Readonly<{
  total: number
  previous: number | null
  series: readonly Readonly<{ from: string; value: number | null }>[]
}>

type CourseProps = Readonly<{ name: string; figure: FigureProps; words: (value: number) => string; isByMonth: boolean }>

/** The course of a figure as bars, with the first and last of its stretches named, and the values behind "Show data". */
export function Course({ name, figure, words, isByMonth }: CourseProps): JSX.Element {
  const { series } = figure
  const points = series.map(({ from, value }) => {
    const told = value === null ? 'unknown' : words(value)
    return { label: isByMonth ? from.slice(0, 7) : from, told, value: value ?? undefined }
  })
  const most = Math.max(0, ...series.map(({ value }) => value ?? 0))
  const [first, last] = [points[0], points.at(-1)]
  if (!first || !last) return ''
  return (
    <div class="hf-usage-course">
      <Sparkline
        label={`${name}, ${first.label} to ${last.label}: ${last.told} at the end`}
        points={points.map(({ label, told, value }) => ({ title: `${label}: ${told}`, value }))}
      />
      <div class="hf-usage-ends" aria-hidden="true">
        <span safe>{first.label}</span>
        <span safe>{`Most: ${words(most)}`}</span>
        <span safe>{last.label}</span>
      </div>
      <details>
        <summary>
          Show data
          <span class="visually-hidden" safe>
            {` of ${name}`}
          </span>
        </summary>
        <table>
          <tbody>
            {points.toReversed().map(({ label, told }) => (
              <tr>
                <th scope="row" safe>
                  {label}
                </th>
                <td safe>{told}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </details>
    </div>
  )
}
