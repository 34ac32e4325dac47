// Runs before the first paint: names the theme that `auto` stands for, and tells the style sheet that scripts run.
const root = document.documentElement
const systemIsDark = window.matchMedia('(prefers-color-scheme: dark)')

function applySystemTheme() {
  if (root.dataset.hfTheme === 'auto') root.dataset.bsTheme = systemIsDark.matches ? 'dark' : 'light'
}

root.classList.add('hf-scripted')
applySystemTheme()
systemIsDark.addEventListener('change', applySystemTheme)
