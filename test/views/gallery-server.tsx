import { readFileSync } from 'node:fs'
import { sheetOf } from '#core/tenancy/brand-sheet.ts'
import { ASSET_FILES } from '#http/asset-files.ts'
import { pngOf } from '#test/support/pictures.ts'
import { renderFragment, type Theme } from '#views/document.tsx'
import { MembersCard } from '#views/members/members-page.tsx'
import { gallery, type Say } from './gallery.tsx'
import { memberRow, members } from './gallery-data.tsx'
import { LOGO_URL, SHEET_URL } from './gallery-orgs.tsx'

const FILES = new Map(Object.entries(ASSET_FILES).map(([name, paths]) => [name, [paths].flat()]))
const POLICY = [
  "default-src 'self'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "object-src 'none'",
  "frame-ancestors 'none'",
  "base-uri 'none'",
  "form-action 'self'",
].join('; ')

/**
 * Serves every page of the gallery at `/<theme>/<name>`, under the policy of the program, and the fragments of the members page.
 */
export function serveGallery(say: Say) {
  const pages = { light: gallery(say, 'light'), dark: gallery(say, 'dark'), auto: gallery(say, 'auto') }
  return Bun.serve({
    hostname: 'localhost',
    port: 0,
    fetch(request) {
      const { pathname, searchParams } = new URL(request.url)
      const [, first = '', name = ''] = pathname.split('/')
      if (first === 'assets') return answer(assetOf(name), 'application/octet-stream', name)
      if (pathname === LOGO_URL) return answer(new Blob([pngOf(96, 32)]), 'image/png')
      if (pathname === SHEET_URL) return answer(sheetOf('#8a1c7c')?.css ?? '', 'text/css')
      // What asks for itself while something goes on finds nothing new.
      if (pathname.startsWith('/backups/'))
        return new Response(null, { status: 204, headers: { 'content-security-policy': POLICY } })
      if (pathname === '/members') return answer(searchFragment(say, searchParams.get('q') ?? ''))
      if (pathname === '/members/invites') return answer(refusedInvite(say), 'text/html', name, 409)
      const html = isTheme(first) ? pages[first].get(name) : undefined
      return html === undefined ? answer('', 'text/html', name, 404) : answer(html)
    },
  })
}

function assetOf(name: string): Blob {
  return new Blob((FILES.get(name) ?? []).map((path) => readFileSync(path)))
}

function isTheme(name: string): name is Theme {
  return name === 'light' || name === 'dark' || name === 'auto'
}

const TYPES: Readonly<Record<string, string>> = { css: 'text/css', js: 'text/javascript', svg: 'image/svg+xml' }

function answer(body: string | Blob, type = 'text/html', name = '', status = 200): Response {
  const contentType = TYPES[name.slice(name.lastIndexOf('.') + 1)] ?? type
  const headers = {
    ...{ 'content-type': `${contentType}; charset=utf-8`, 'content-security-policy': POLICY },
    // As the program lets a browser keep them: they would be read and parsed for every page again.
    ...(contentType !== 'text/html' && { 'cache-control': 'public, max-age=31536000, immutable' }),
  }
  return new Response(body, { status, headers })
}

function searchFragment(say: Say, q: string): string {
  const rows = [memberRow(say, { userId: 7, name: say('Grace Hopper') })]
  const card = <MembersCard {...members(say, { rows, state: { filter: 'all', q } })} />
  return renderFragment({ announcement: '1 person shown', children: card })
}

function refusedInvite(say: Say): string {
  const draft = {
    email: say('grace@acme.test'),
    role: 'viewer',
    faults: { email: 'This address is a member already.' },
  } as const
  return renderFragment({ children: <MembersCard {...members(say, { draft })} /> })
}
