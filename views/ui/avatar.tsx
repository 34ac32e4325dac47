import { Icon, type IconName } from './icon.tsx'

export type AvatarProps = Readonly<{ name: string; tone?: 'person' | 'org' | undefined; size?: 'small' | undefined }>

/** The first letter of a name. A decoration: the name itself stands beside it or labels the control. */
export function Avatar(props: AvatarProps): JSX.Element {
  const [letter = '?'] = props.name.trim().toUpperCase()
  return (
    <span
      class={['avatar hf-avatar', `hf-avatar-${props.tone ?? 'person'}`, props.size && 'hf-avatar-small']}
      aria-hidden="true"
      safe
    >
      {letter}
    </span>
  )
}

export type IconAvatarProps = Readonly<{ icon: IconName }>

export function IconAvatar(props: IconAvatarProps): JSX.Element {
  return (
    <span class="avatar hf-avatar hf-avatar-icon" aria-hidden="true">
      <Icon name={props.icon} />
    </span>
  )
}
