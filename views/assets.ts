/** The names by which pages ask for the files they load; `http/` knows where each one is served. */
export type AssetName = 'app.css' | 'app.js' | 'favicon.svg' | 'htmx.js' | 'tabler.css' | 'theme.js'

let urls: Readonly<Partial<Record<AssetName, string>>> = Object.freeze({})

/** Called once at start, before the first page: the address (with its fingerprint) of each asset. */
export function registerAssets(map: Readonly<Partial<Record<AssetName, string>>>): void {
  urls = Object.freeze({ ...map })
}

/** The address of an asset: the registered one, else the plain path that every asset also has. */
export function assetUrl(name: AssetName): string {
  return urls[name] ?? `/assets/${name}`
}
