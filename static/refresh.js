// Draws a live page anew when something happened or its time came: the page fetches itself, so that rights
// and tokens stay right, and what has `data-region` is swapped by its id. Without this file a reload does it.
// A region whose attribute names kinds of entries changes with these alone. What is being typed, chosen,
// pressed or sent stays as it is; a button that is new can't be pressed by who aimed at the old one.
const SPARE = 1000
const SETTLING = 400
const PATIENCE = 10000
const page = document.querySelector("[data-live-page]")
const regions = () => [...document.querySelectorAll("[data-region]")]
let last = 0
let pause = SPARE
let round = 0
let pressedAt = 0
let young = new Set()
let timer, due = Infinity

// Whether a pointer or key is down; one that never came up, say outside the window, counts no longer than this.
const isPressing = () => pressedAt > 0 && performance.now() - pressedAt < 3000

function plan(delay) {
  const at = Math.max(performance.now() + delay, last + SPARE)
  if (at >= due) return
  clearTimeout(timer)
  due = at
  timer = setTimeout(refresh, at - performance.now())
}

async function refresh() {
  due = Infinity
  last = performance.now()
  if (document.hidden) return
  if (isPressing()) return plan(SETTLING)
  const mine = ++round
  try {
    const answer = await fetch(page.dataset.livePage, { signal: AbortSignal.timeout(PATIENCE) })
    if (!answer.ok || answer.redirected) throw new Error(`answer ${answer.status}`)
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html")
    if (mine !== round) return // a later one is under way
    if (isPressing()) return plan(SETTLING)
    draw(fresh)
    pause = SPARE
    delete document.documentElement.dataset.behind
  } catch {
    document.documentElement.dataset.behind = "" // so `live.js` calls nothing live that is not
    pause = Math.min(pause * 2, 15000)
    plan(pause)
  }
}

function draw(fresh) {
  const before = new Set(document.querySelectorAll("button"))
  for (const region of regions()) {
    const next = fresh.getElementById(region.id)
    if (next) Idiomorph.morph(region, next, { ignoreActiveValue: true, callbacks })
  }
  document.body.className = fresh.body.className
  if (!document.title.startsWith("Error")) document.title = fresh.title
  young = new Set([...document.querySelectorAll("button")].filter((button) => !before.has(button)))
  setTimeout(() => young.clear(), SETTLING)
  awaitTime()
}

const callbacks = {
  beforeNodeMorphed: (node) => !(node.matches?.("form") && busy(node)),
  beforeNodeRemoved: (node) => ![node, ...(node.querySelectorAll?.("form") ?? [])].some((part) => part.matches?.("form") && busy(part)),
  beforeAttributeUpdated: (name, node) => !(name === "open" && node.matches("details")),
}

// Whether somebody is at work in a form.
function busy(form) {
  return "sent" in form.dataset || form.contains(document.activeElement) || typed(form)
}

function typed(form) {
  return [...form.elements].some((field) => {
    if (field.options) return [...field.options].some((option) => option.selected !== option.defaultSelected)
    return !["hidden", "submit"].includes(field.type) && (field.value !== field.defaultValue || field.checked !== field.defaultChecked)
  })
}

function awaitTime() {
  const changes = document.querySelector("[data-changes-in]")
  if (changes) plan(Number(changes.dataset.changesIn))
}

if (page) {
  document.addEventListener("entry", ({ detail }) => {
    const kinds = (region) => region.dataset.region.split(" ").filter(Boolean)
    const wanted = regions().some((region) => kinds(region).length === 0 || kinds(region).includes(detail))
    if (wanted) plan(Math.random() * SETTLING)
  })
  document.addEventListener("visibilitychange", () => plan(0))
  for (const event of ["pointerdown", "keydown"]) document.addEventListener(event, () => (pressedAt = performance.now()), true)
  for (const event of ["pointerup", "pointercancel", "keyup", "blur"]) {
    addEventListener(event, () => setTimeout(() => (pressedAt = 0)), true)
  }
  document.addEventListener("click", (event) => {
    if (young.has(event.target.closest("button"))) event.preventDefault()
  }, true)
  awaitTime()
}
