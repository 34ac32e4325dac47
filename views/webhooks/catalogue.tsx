import { CopyText } from '#views/ui/copy-text.tsx'
import { PageHead } from '#views/ui/page-head.tsx'

export type CatalogueProps = Readonly<{
  /** The sample is the body of a delivery, the schema that of its `data`; both as JSON. */
  types: readonly Readonly<{ type: string; description: string; sample: string; schema: string }>[]
}>

export function CatalogueContent({ types }: CatalogueProps): JSX.Element {
  return (
    <>
      <PageHead title="Events" text="Everything that a webhook can be told, with a sample of what it is sent." />
      <section class="card hf-event-catalogue" aria-label="Events">
        {types.map(({ type, description, sample, schema }) => (
          <details>
            <summary>
              <code safe>{type}</code> <span safe>{description}</span>
            </summary>
            <CopyText id={`sample-${type}`} label={`Sample of ${type}`} title="Sample" text={sample} />
            <CopyText
              id={`schema-${type}`}
              label={`JSON Schema of ${type}`}
              title="JSON Schema of data"
              text={schema}
            />
          </details>
        ))}
      </section>
    </>
  )
}
