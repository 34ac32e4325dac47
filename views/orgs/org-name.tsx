import { Avatar } from '#views/ui/avatar.tsx'

export type OrgNameProps = Readonly<{ name: string; address: string }>

export function OrgName(org: OrgNameProps): JSX.Element {
  return (
    <div class="hf-who">
      <Avatar name={org.name} tone="org" />
      <div class="hf-who-lines">
        <b safe>{org.name}</b>
        <small safe>{org.address}</small>
      </div>
    </div>
  )
}
