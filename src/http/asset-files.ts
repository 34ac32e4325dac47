import tablerCss from '@tabler/core/dist/css/tabler.min.css' with { type: 'file' }
import htmxJs from 'htmx.org/dist/htmx.min.js' with { type: 'file' }
import swaggerCss from 'swagger-ui-dist/swagger-ui.css' with { type: 'file' }
import swaggerJs from 'swagger-ui-dist/swagger-ui-bundle.js' with { type: 'file' }
import appJs from '#views/assets/app.js' with { type: 'file' }
import docsJs from '#views/assets/docs.js' with { type: 'file' }
import favicon from '#views/assets/favicon.svg' with { type: 'file' }
import themeJs from '#views/assets/theme.js' with { type: 'file' }
import type { AssetName } from '#views/assets.ts'
import { SHEETS } from './sheets.ts'

/** Every file that pages load, by the name they ask for it; several paths are one file, in that order. Inside the executable the paths lead to its own file system. */
export const ASSET_FILES: Readonly<
  Record<AssetName | 'docs.js' | 'swagger-ui.css' | 'swagger-ui.js', string | readonly string[]>
> = {
  'app.css': SHEETS,
  'app.js': appJs,
  'docs.js': docsJs,
  'favicon.svg': favicon,
  'htmx.js': htmxJs,
  'swagger-ui.css': swaggerCss,
  'swagger-ui.js': swaggerJs,
  'tabler.css': tablerCss,
  'theme.js': themeJs,
}
