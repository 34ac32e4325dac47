import { attribute } from './attribute.ts'
import { Avatar } from './avatar.tsx'
import { Logo } from './logo.tsx'

/** What a page shows of an org. The addresses are ours, never a person's. */
export type Brand = Readonly<{
  name: string
  logoUrl?: string | undefined
  /** Of the sheet with the org's colours. */
  sheetUrl?: string | undefined
}>

export type BrandLinkProps = Readonly<{ brand?: Brand | undefined }>

/** Above the side bar, which names the org itself: its logo, else our mark. */
export function BrandLink(props: BrandLinkProps): JSX.Element {
  const { name, logoUrl } = props.brand ?? {}
  if (name === undefined || logoUrl === undefined) return <OwnLink />
  return (
    <a class="hf-brand" href="/">
      <BrandLogo url={logoUrl} alt={name} />
    </a>
  )
}

/** Above a page for anyone: the org's logo and name, else ours. */
export function NamedBrandLink(props: BrandLinkProps): JSX.Element {
  const { brand } = props
  if (brand === undefined) return <OwnLink />
  return (
    <a class="hf-brand" href="/">
      {brand.logoUrl === undefined ? <Avatar name={brand.name} tone="org" /> : <BrandLogo url={brand.logoUrl} alt="" />}
      <span safe>{brand.name}</span>
    </a>
  )
}

export type BrandLogoProps = Readonly<{ url: string; alt: string }>

export function BrandLogo(props: BrandLogoProps): JSX.Element {
  return <img class="hf-brand-logo" src={attribute(props.url)} alt={attribute(props.alt)} />
}

function OwnLink(): JSX.Element {
  return (
    <a class="hf-brand" href="/">
      <Logo />
      Honeyframe
    </a>
  )
}
