// What pages gain where scripts run. Every listener is on the document, so fragments need no setting up.

document.addEventListener('click', (event) => {
  const target = event.target instanceof Element ? event.target : undefined
  const copy = target?.closest('[data-copy]')
  if (copy) copyField(copy)
  const reveal = target?.closest('[data-reveal]')
  if (reveal) toggleReveal(reveal)
  target?.closest('[data-dismiss]')?.closest('[data-toast]')?.remove()
  if (target?.closest('[data-pick-none]')) pickNone()
  const opener = target?.closest('a[data-dialog]')
  if (opener && !event.ctrlKey && !event.metaKey && !event.shiftKey) openInstead(opener, event)
  const invoker = target?.closest('button[commandfor]')
  if (invoker && !('commandForElement' in HTMLButtonElement.prototype)) invoke(invoker)
})

async function copyField(button) {
  const field = document.getElementById(button.dataset.copy)
  field.select()
  // Browsers offer the clipboard on https and loopback only; the old command also works elsewhere.
  if (navigator.clipboard) await navigator.clipboard.writeText(field.value).catch(() => document.execCommand('copy'))
  else document.execCommand('copy')
  const label = button.querySelector('[data-copy-label]')
  label.textContent = 'Copied'
  setTimeout(() => {
    label.textContent = 'Copy'
  }, 3000)
}

function toggleReveal(button) {
  const field = document.getElementById(button.dataset.reveal)
  const isShown = field.type === 'text'
  field.type = isShown ? 'password' : 'text'
  button.setAttribute('aria-pressed', String(!isShown))
}

/** The link leads to the page with this dialog open; the dialog is here already. */
function openInstead(link, event) {
  const dialog = document.getElementById(link.dataset.dialog)
  if (!dialog) return
  event.preventDefault()
  link.closest('dialog')?.close()
  dialog.showModal()
}

/** Invoker commands for browsers from before they had them. */
function invoke(button) {
  const dialog = document.getElementById(button.getAttribute('commandfor'))
  if (button.getAttribute('command') === 'show-modal') dialog?.showModal()
  else dialog?.close()
}

/** A dialog rendered open stands over the page; made modal it also holds the focus and closes with Escape. */
function makeModal() {
  for (const dialog of document.querySelectorAll('dialog[open]')) {
    if (dialog.matches(':modal')) continue
    dialog.close()
    dialog.showModal()
  }
}
makeModal()

/** A part that replaced itself took the focus with it: the next Tab should start in the page, not at its top. */
document.addEventListener('htmx:after:swap', () => {
  makeModal()
  tellPicks()
  const isPolled = polled
  polled = false
  // Nobody asked for what the clock brought, so nobody is moved by it.
  if (!isPolled && document.activeElement === document.body)
    document.getElementById('main')?.focus({ preventScroll: true })
})

/** A toast lies below an open dialog, out of sight and reach, so the dialog makes way. What was typed stays in it. */
new MutationObserver((changes) => {
  if (changes.every((change) => change.addedNodes.length === 0)) return
  for (const dialog of document.querySelectorAll('dialog:modal')) dialog.close()
}).observe(document.getElementById('toasts'), { childList: true })

/** Opened from a menu that has closed since, a dialog would give the focus back to nothing: give it to the menu's button. */
document.addEventListener(
  'close',
  (event) => {
    const menu = document.querySelector(`[commandfor="${CSS.escape(event.target.id)}"]`)?.closest('[popover]')
    if (menu) document.querySelector(`[popovertarget="${CSS.escape(menu.id)}"]`)?.focus()
  },
  true,
)

/** Tick boxes of rows, the one of the head for those shown, and the one of the bar for those of every page. */
document.addEventListener('change', ({ target }) => {
  if (!target.matches('[data-pick], [data-pick-shown], [data-pick-every]')) return
  if (!target.matches('[data-pick]')) for (const pick of picks()) pick.checked = target.checked
  if (!target.checked) document.querySelector('[data-pick-every]').checked = false
  tellPicks()
})

/** Enter on a tick box would send its form. */
document.addEventListener('keydown', (event) => {
  if (event.key === 'Enter' && event.target.matches('[data-pick], [data-pick-every]')) event.preventDefault()
})

function picks() {
  return [...document.querySelectorAll('[data-pick]')]
}

/** The bar goes with its last tick, and the button in it: the focus goes to the head's box, where the next choice starts. */
function pickNone() {
  for (const pick of [...picks(), document.querySelector('[data-pick-every]')]) pick.checked = false
  tellPicks()
  const head = document.querySelector('[data-pick-shown]')
  const next = head?.checkVisibility() ? head : picks()[0]
  next?.focus()
}

function tellPicks() {
  const words = document.querySelector('[data-pick-words]')
  if (!words) return
  const total = Number(words.dataset.total)
  const ticked = picks().filter((pick) => pick.checked).length
  const isEvery = document.querySelector('[data-pick-every]').checked
  const count = isEvery ? Math.min(total, Number(words.dataset.most)) : ticked
  words.textContent = `${count} of ${total} pending selected`
  document.querySelector('[data-pick-count]').textContent = count === 1 ? '1 invitation' : `${count} invitations`
  const head = document.querySelector('[data-pick-shown]')
  if (!head) return
  head.checked = ticked > 0 && ticked === picks().length
  head.indeterminate = ticked > 0 && !head.checked
}
tellPicks()

/** Parts that ask again by themselves, after so many seconds, while somebody can see them. */
let polled = false
let pollAt = Date.now()
function poll() {
  for (const part of document.querySelectorAll('[data-poll]')) {
    if (document.hidden || Date.now() - pollAt < 1000 * part.dataset.poll) continue
    pollAt = Date.now()
    polled = true
    part.dispatchEvent(new Event('poll'))
  }
}
setInterval(poll, 1000)
document.addEventListener('visibilitychange', poll)

document.addEventListener('htmx:error', () => {
  const toast = document.getElementById('offline')
  document.getElementById('toasts').append(toast.content.cloneNode(true))
})

// The drawer is for narrow windows; left open in a window that grew, it would block a page it no longer covers.
window.matchMedia('(min-width: 820px)').addEventListener('change', (wide) => {
  if (wide.matches) document.getElementById('drawer')?.close()
})
