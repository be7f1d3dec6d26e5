/* Saves what is typed into a letter's form by itself, through the same address as its button. Every page works without this file.
   It never writes over what somebody else saved, and never takes anything typed off the page. */

const WAIT = 20000

for (const place of document.querySelectorAll('[data-autosave]')) watch(place)

function watch(place) {
  const form = place.querySelector('form')
  const said = place.querySelector('[data-autosave-said]')
  const address = place.dataset.autosave
  let typed = 0
  let saved = 0
  let timer = null
  let busy = false
  let stopped = false
  let failed = false

  const say = (words) => { said.textContent = words }

  form.addEventListener('input', () => {
    typed += 1
    if (!stopped && timer === null) timer = setTimeout(save, WAIT)
  })

  form.addEventListener('submit', () => { stopped = true; saved = typed })
  document.addEventListener('visibilitychange', () => { if (document.visibilityState === 'hidden') save(true) })
  window.addEventListener('beforeunload', (event) => {
    if (typed !== saved && (busy || failed)) event.preventDefault()
    save(true)
  })

  async function save(leaving = false) {
    clearTimeout(timer)
    timer = null
    if (stopped || busy || typed === saved) return
    busy = true
    const upTo = typed
    try {
      const answer = await fetch(address, {
        method: 'POST', body: new URLSearchParams(new FormData(form)), headers: { Accept: 'application/json' }, keepalive: leaving === true
      })
      await tell(answer, upTo)
    } catch {
      failed = true
      say('Not saved: the service cannot be reached. What you typed is still here.')
    }
    busy = false
    if (typed !== saved && !stopped && timer === null) timer = setTimeout(save, WAIT)
  }

  async function tell(answer, upTo) {
    failed = !answer.ok
    const told = await answer.json().catch(() => ({}))
    if (answer.ok) {
      saved = upTo
      form.elements.seen.value = told.seen
      say(`Saved at ${told.saved}`)
    } else if (answer.status === 409) {
      stopped = true
      say(`Not saved. ${told.detail} What you typed is still here.`)
    } else if (answer.status === 401) {
      say('Not saved: you were signed out. What you typed is still here. Sign in again in another tab, then save.')
    } else {
      say(`Not saved yet. ${told.detail || ''} What you typed is still here.`)
    }
  }
}
