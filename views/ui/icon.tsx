import alertCircle from '@tabler/icons/outline/alert-circle.svg' with { type: 'text' }
import alertTriangle from '@tabler/icons/outline/alert-triangle.svg' with { type: 'text' }
import archive from '@tabler/icons/outline/archive.svg' with { type: 'text' }
import ban from '@tabler/icons/outline/ban.svg' with { type: 'text' }
import building from '@tabler/icons/outline/building.svg' with { type: 'text' }
import buildings from '@tabler/icons/outline/buildings.svg' with { type: 'text' }
import check from '@tabler/icons/outline/check.svg' with { type: 'text' }
import chevronRight from '@tabler/icons/outline/chevron-right.svg' with { type: 'text' }
import circleCheck from '@tabler/icons/outline/circle-check.svg' with { type: 'text' }
import compass from '@tabler/icons/outline/compass.svg' with { type: 'text' }
import copy from '@tabler/icons/outline/copy.svg' with { type: 'text' }
import deviceDesktop from '@tabler/icons/outline/device-desktop.svg' with { type: 'text' }
import dots from '@tabler/icons/outline/dots.svg' with { type: 'text' }
import download from '@tabler/icons/outline/download.svg' with { type: 'text' }
import eye from '@tabler/icons/outline/eye.svg' with { type: 'text' }
import gauge from '@tabler/icons/outline/gauge.svg' with { type: 'text' }
import heartbeat from '@tabler/icons/outline/heartbeat.svg' with { type: 'text' }
import history from '@tabler/icons/outline/history.svg' with { type: 'text' }
import hourglassOff from '@tabler/icons/outline/hourglass-off.svg' with { type: 'text' }
import infoCircle from '@tabler/icons/outline/info-circle.svg' with { type: 'text' }
import key from '@tabler/icons/outline/key.svg' with { type: 'text' }
import lock from '@tabler/icons/outline/lock.svg' with { type: 'text' }
import logout from '@tabler/icons/outline/logout.svg' with { type: 'text' }
import mail from '@tabler/icons/outline/mail.svg' with { type: 'text' }
import mailX from '@tabler/icons/outline/mail-x.svg' with { type: 'text' }
import menu from '@tabler/icons/outline/menu-2.svg' with { type: 'text' }
import moon from '@tabler/icons/outline/moon.svg' with { type: 'text' }
import pencil from '@tabler/icons/outline/pencil.svg' with { type: 'text' }
import plus from '@tabler/icons/outline/plus.svg' with { type: 'text' }
import refresh from '@tabler/icons/outline/refresh.svg' with { type: 'text' }
import restore from '@tabler/icons/outline/restore.svg' with { type: 'text' }
import search from '@tabler/icons/outline/search.svg' with { type: 'text' }
import selector from '@tabler/icons/outline/selector.svg' with { type: 'text' }
import send from '@tabler/icons/outline/send.svg' with { type: 'text' }
import shield from '@tabler/icons/outline/shield.svg' with { type: 'text' }
import shieldCheck from '@tabler/icons/outline/shield-check.svg' with { type: 'text' }
import sun from '@tabler/icons/outline/sun.svg' with { type: 'text' }
import trash from '@tabler/icons/outline/trash.svg' with { type: 'text' }
import upload from '@tabler/icons/outline/upload.svg' with { type: 'text' }
import userCheck from '@tabler/icons/outline/user-check.svg' with { type: 'text' }
import userCircle from '@tabler/icons/outline/user-circle.svg' with { type: 'text' }
import userCog from '@tabler/icons/outline/user-cog.svg' with { type: 'text' }
import userMinus from '@tabler/icons/outline/user-minus.svg' with { type: 'text' }
import userOff from '@tabler/icons/outline/user-off.svg' with { type: 'text' }
import userPlus from '@tabler/icons/outline/user-plus.svg' with { type: 'text' }
import users from '@tabler/icons/outline/users.svg' with { type: 'text' }
import usersGroup from '@tabler/icons/outline/users-group.svg' with { type: 'text' }
import webhook from '@tabler/icons/outline/webhook.svg' with { type: 'text' }
import x from '@tabler/icons/outline/x.svg' with { type: 'text' }

/** Every icon the pages draw. An icon that is not imported here is not in the program. */
const ICONS = {
  'alert-circle': inner(alertCircle),
  'alert-triangle': inner(alertTriangle),
  archive: inner(archive),
  ban: inner(ban),
  building: inner(building),
  buildings: inner(buildings),
  check: inner(check),
  'chevron-right': inner(chevronRight),
  'circle-check': inner(circleCheck),
  compass: inner(compass),
  copy: inner(copy),
  'device-desktop': inner(deviceDesktop),
  dots: inner(dots),
  download: inner(download),
  eye: inner(eye),
  heartbeat: inner(heartbeat),
  gauge: inner(gauge),
  history: inner(history),
  'hourglass-off': inner(hourglassOff),
  'info-circle': inner(infoCircle),
  key: inner(key),
  lock: inner(lock),
  logout: inner(logout),
  mail: inner(mail),
  'mail-x': inner(mailX),
  menu: inner(menu),
  moon: inner(moon),
  pencil: inner(pencil),
  plus: inner(plus),
  refresh: inner(refresh),
  restore: inner(restore),
  search: inner(search),
  selector: inner(selector),
  send: inner(send),
  shield: inner(shield),
  'shield-check': inner(shieldCheck),
  sun: inner(sun),
  trash: inner(trash),
  'user-check': inner(userCheck),
  upload: inner(upload),
  'user-circle': inner(userCircle),
  'user-cog': inner(userCog),
  'user-minus': inner(userMinus),
  'user-off': inner(userOff),
  'user-plus': inner(userPlus),
  users: inner(users),
  'users-group': inner(usersGroup),
  webhook: inner(webhook),
  x: inner(x),
} as const

export type IconName = keyof typeof ICONS

export type IconProps = Readonly<{ name: IconName; class?: string | undefined }>

/** A decoration: hidden from assistive technology, so the control it sits in needs words of its own. */
export function Icon(props: IconProps): JSX.Element {
  return (
    <svg class={['icon', props.class]} viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      {ICONS[props.name] as 'safe'}
    </svg>
  )
}

/** The shapes of an icon file, without its frame: size, stroke and colour are the style sheet's. */
function inner(svg: string): string {
  const frame = svg.indexOf('<svg')
  const start = svg.indexOf('>', frame) + 1
  return svg
    .slice(start, svg.lastIndexOf('</svg>'))
    .replace('<path stroke="none" d="M0 0h24v24H0z" fill="none" />', '')
    .replaceAll(/\s*\n\s*/g, '')
}
