import { attribute } from '#views/ui/attribute.ts'
import { SubmitButton } from '#views/ui/button.tsx'

export type TourCardProps = Readonly<{
  title: string
  text: string
  position: Readonly<{ number: number; of: number }>
  next?: Readonly<{ id: string; title: string }>
  previous?: string
  /** Where the end of the tour comes back to: a path of this site. */
  path: string
}>

/** A step of the welcome tour, above the page it speaks of: it covers nothing, so the page works meanwhile. */
export function TourCard(props: TourCardProps): JSX.Element {
  const { number, of } = props.position
  return (
    <section class="card hf-tour" aria-labelledby="tour-title">
      <div>
        <p class="hf-tour-place" safe>{`Welcome tour, step ${number} of ${of}`}</p>
        <h2 id="tour-title" safe>
          {props.title}
        </h2>
        <p safe>{props.text}</p>
      </div>
      <form method="post" action="/tour" class="hf-tour-ways">
        <input type="hidden" name="next" value={attribute(props.path)} />
        {props.next !== undefined && (
          <SubmitButton label="Skip the tour" busyLabel="Closing…" look="ghost" name="done" value="1" />
        )}
        {props.previous !== undefined && (
          <SubmitButton label="Back" busyLabel="Going back…" look="plain" name="step" value={props.previous} />
        )}
        {props.next ? (
          <SubmitButton
            label={`Next: ${props.next.title}`}
            busyLabel="Opening…"
            look="plain"
            name="step"
            value={props.next.id}
          />
        ) : (
          <SubmitButton label="End the tour" busyLabel="Closing…" look="plain" name="done" value="1" />
        )}
      </form>
    </section>
  )
}
