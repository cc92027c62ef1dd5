// Swallows the second of two quick presses on one form. The form's own id keeps a slower one harmless.
const QUICK = 5000

document.addEventListener("submit", (event) => {
  const form = event.target
  if (event.defaultPrevented || form.method !== "post") return
  const sent = Number(form.dataset.sent ?? 0)
  if (performance.now() - sent < QUICK && sent > 0) {
    event.preventDefault()
  } else {
    form.dataset.sent = performance.now()
  }
})

// Coming back by the browser's own button finds the page as it was left: let it be pressed again.
addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent
})
