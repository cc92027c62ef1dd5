// Keeps a page of an incident fresh over server-sent events. Without this file a reload shows the same.
// `entry` goes to the top of the list unless it stands there; `now` swaps regions by their ids;
// `as-of` beats every 5 s. The id of an event is the entry's number: a new stream resumes behind it.
// Of each entry the page is told, so that `refresh.js` can draw what else it changed.
const STALE_AFTER = 15000
const page = document.querySelector("[data-live]")
const list = document.querySelector("[data-live-list]")
const FIRST_PAUSE = 500
let seen = Number(page?.dataset.liveSince ?? 0)
let pause = FIRST_PAUSE
let stream, retry, watch

const handlers = {
  entry({ lastEventId, data }) {
    seen = Math.max(seen, Number(lastEventId))
    if (document.getElementById(`entry-${lastEventId}`)) return
    list?.insertAdjacentHTML("afterbegin", data)
    const [, kind] = data.match(/data-kind="([^"]*)"/) ?? []
    document.dispatchEvent(new CustomEvent("entry", { detail: kind }))
  },
  now({ data }) {
    const fresh = new DOMParser().parseFromString(data, "text/html")
    for (const region of [...fresh.body.children]) {
      const old = region.id && document.getElementById(region.id)
      if (old) Idiomorph.morph(old, region)
    }
  },
  // where entries are starred the entry is swapped; a page that only tells of stars draws itself anew
  star({ data }) {
    if (document.getElementById("stars")) handlers.now({ data })
    else document.dispatchEvent(new CustomEvent("entry", { detail: "star" }))
  },
  "as-of"({ data }) {
    if ("behind" in document.documentElement.dataset) return
    const time = new DOMParser().parseFromString(data, "text/html").querySelector("time")
    for (const old of document.querySelectorAll("[data-mark] time")) old.replaceWith(time.cloneNode(true))
    document.dispatchEvent(new CustomEvent("server-time", { detail: Date.parse(time.dateTime) }))
    mark("live")
    expectBeat()
    pause = FIRST_PAUSE
  },
}

function mark(state) {
  for (const part of document.querySelectorAll("[data-mark]")) part.hidden = part.dataset.mark !== state
}

function expectBeat() {
  clearTimeout(watch)
  watch = setTimeout(() => {
    mark("stale")
    expectBeat()
    if (!document.hidden) open() // a stream that is open and silent is dead, too
  }, STALE_AFTER)
}

function open() {
  close()
  stream = new EventSource(`${page.dataset.live}?since=${seen}`)
  for (const [name, handle] of Object.entries(handlers)) stream.addEventListener(name, handle)
  stream.onerror = () => {
    close()
    retry = setTimeout(open, pause * (1 + Math.random()))
    pause = Math.min(pause * 2, 15000)
  }
}

function close() {
  clearTimeout(retry)
  stream?.close()
}

if (page) {
  document.addEventListener("visibilitychange", () => (document.hidden ? close() : open()))
  expectBeat()
  open()
}
