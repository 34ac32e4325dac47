import { plural } from '#lib/format.ts'
import { Badge, type BadgeTone } from '#views/ui/badge.tsx'
import { CopyBox } from '#views/ui/copy-box.tsx'

/** What became of one line of the list. `link` is an accept link, shown once. */
export type ManyResultProps = Readonly<{
  text: string
  outcome: 'invited' | 'already_member' | 'already_invited' | 'not_an_address' | 'no_seat'
  link?: string | undefined
}>

const OUTCOMES: Readonly<Record<ManyResultProps['outcome'], Readonly<{ tone: BadgeTone; label: string }>>> = {
  invited: { tone: 'normal', label: 'Invited' },
  already_member: { tone: 'unknown', label: 'A member already' },
  already_invited: { tone: 'unknown', label: 'Invited already' },
  no_seat: { tone: 'failing', label: 'No place left in the licence' },
  not_an_address: { tone: 'failing', label: 'Not an address' },
}

/** A result for each address, in the order of the list. */
export function ManyResults(props: Readonly<{ results: readonly ManyResultProps[] }>): JSX.Element {
  const invited = props.results.filter(({ outcome }) => outcome === 'invited').length
  const hasLinks = props.results.some(({ link }) => link !== undefined)
  const title = `Invited ${invited} of ${plural(props.results.length, 'address', 'addresses')}`
  return (
    <div class="card hf-results">
      <h2 id="many-results" safe>
        {title}
      </h2>
      {hasLinks && (
        <p>
          Pass the links on now: they are valid for 7 days and will not be shown again. Whoever has one can accept it.
        </p>
      )}
      <section class="hf-results-rows" aria-labelledby="many-results" tabindex="0">
        <table class="table">
          <thead class="visually-hidden">
            <tr>
              <th scope="col">Address</th>
              <th scope="col">Result</th>
            </tr>
          </thead>
          <tbody>
            {props.results.map((result, at) => (
              <tr>
                <td>
                  <span safe>{result.text}</span>
                  {result.link !== undefined && (
                    <CopyBox id={`many-link-${at}`} label={`Accept link for ${result.text}`} value={result.link} />
                  )}
                </td>
                <td>
                  <Badge {...OUTCOMES[result.outcome]} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </div>
  )
}
