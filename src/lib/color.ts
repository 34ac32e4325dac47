import { channelsOf, contrast, SHAPE_CONTRAST_MIN, TEXT_CONTRAST_MIN } from './contrast.ts'

const HEX = /^#[0-9a-f]{6}$/
const STEPS = 64

const WHITE = '#ffffff'
const BLACK = '#000000'

/** What a colour is seen on: the grounds of a theme from its own sheet, and the fainter of its two inks. */
const LIGHT = { grounds: [WHITE, '#f6f7f9', '#f1f3f6'], inkSoft: '#59606d', surface: WHITE, away: BLACK }
const DARK = {
  grounds: ['#14161a', '#1c1f25', '#23272e', '#272b33'],
  inkSoft: '#a7aebb',
  surface: '#1c1f25',
  away: WHITE,
}

/** The share of a brand's colour in the tint behind what is picked or current. */
const TINT = { light: 0.1, dark: 0.18 }
/** The share of black in a filled shape under the pointer. */
const HOVER = 0.16

/** What one theme shows of a brand's colour. `accent` is for text and lines, `soft` lies behind it, both fills lie behind white text. */
export type Tones = Readonly<{ accent: string; soft: string; fill: string; fillHover: string }>

/** The colours of a brand: its own for its mark with the ink upon it, and the tones of both themes. */
export type Accents = Readonly<{ mark: string; markInk: string; light: Tones; dark: Tones }>

/** A colour as it is stored, `#rrggbb` in lower case; undefined for any other text. */
export function parseColor(text: string): string | undefined {
  const color = text.toLowerCase()
  return HEX.test(color) ? color : undefined
}

/**
 * The colours that a brand's own colour becomes: as near to it as they can be read, with 4.5:1 for text on whatever it
 * stands on in its theme, and 3:1 for a filled shape.
 */
export function accentsOf(color: string): Accents {
  const markInk = contrast(color, WHITE) >= contrast(color, BLACK) ? WHITE : BLACK
  return { mark: color, markInk, light: lightTones(color), dark: darkTones(color) }
}

function lightTones(color: string): Tones {
  const soft = tint(color, LIGHT, TINT.light)
  const accent = moved(color, LIGHT.away, (one) => isReadable(one, [...LIGHT.grounds, soft]))
  return { accent, soft, fill: accent, fillHover: mix(accent, BLACK, HOVER) }
}

function darkTones(color: string): Tones {
  const soft = tint(color, DARK, TINT.dark)
  const accent = moved(color, DARK.away, (one) => isReadable(one, [...DARK.grounds, soft]))
  const darkened = moved(color, BLACK, (one) => contrast(one, WHITE) >= TEXT_CONTRAST_MIN)
  const fill = moved(darkened, WHITE, (one) => contrast(one, DARK.surface) >= SHAPE_CONTRAST_MIN)
  return { accent, soft, fill, fillHover: mix(fill, BLACK, HOVER) }
}

/** As much of the colour in the surface as lets both inks be read on it. */
function tint(color: string, theme: { inkSoft: string; surface: string }, share: number): string {
  const full = mix(theme.surface, color, share)
  return moved(full, theme.surface, (one) => contrast(one, theme.inkSoft) >= TEXT_CONTRAST_MIN)
}

function isReadable(color: string, grounds: readonly string[]): boolean {
  return grounds.every((ground) => contrast(color, ground) >= TEXT_CONTRAST_MIN)
}

/** The colour, moved towards another as little as makes it pass. */
function moved(color: string, towards: string, passes: (color: string) => boolean): string {
  for (let step = 0; step < STEPS; step++) {
    const candidate = mix(color, towards, step / STEPS)
    if (passes(candidate)) return candidate
  }
  return towards
}

function mix(color: string, other: string, share: number): string {
  const [from, to] = [channelsOf(color), channelsOf(other)]
  const mixed = from.map((channel, at) => Math.round(channel + ((to[at] ?? 0) - channel) * share))
  return `#${mixed.map((channel) => channel.toString(16).padStart(2, '0')).join('')}`
}
