/* Turns on the behaviour of the GOV.UK components, and opens what is folded before printing. Every page works without this file. */
import { initAll } from './vendor/govuk/govuk-frontend.min.js'

initAll()

const opened = new Set()

window.addEventListener('beforeprint', () => {
  for (const details of document.querySelectorAll('details:not([open])')) {
    details.open = true
    opened.add(details)
  }
})

window.addEventListener('afterprint', () => {
  for (const details of opened) details.open = false
  opened.clear()
})
