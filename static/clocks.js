// Runs the clocks: `data-since` counts up, `data-until` counts down and, once past due, up with a plus;
// `data-seconds-until` counts the last seconds down.
// Time is the server's: a meta tag says it at loading, the live stream corrects it (event "server-time").
let ahead = Number(document.querySelector("meta[name=server-time]")?.content ?? Date.now()) - Date.now()
document.addEventListener("server-time", ({ detail }) => (ahead = detail - Date.now()))

function digits(ms) {
  const whole = Math.abs(Math.trunc(ms / 1000))
  const [hours, minutes, seconds] = [Math.trunc(whole / 3600), Math.trunc(whole / 60) % 60, whole % 60]
  const two = (number) => String(number).padStart(2, "0")
  return hours > 0 ? `${hours}:${two(minutes)}:${two(seconds)}` : `${minutes}:${two(seconds)}`
}

function tick() {
  const now = Date.now() + ahead
  for (const clock of document.querySelectorAll("time[data-since]")) {
    clock.textContent = digits(Math.max(0, now - clock.dataset.since))
  }
  for (const clock of document.querySelectorAll("time[data-until]")) {
    const left = clock.dataset.until - now
    const late = left <= -1000
    const onTime = clock.closest(".clock.good, .clock.warn")
    clock.textContent = (late ? "+" : "") + digits(left)
    if (late && onTime) onTime.className = "clock bad" // green digits past due would be a lie
  }
  for (const clock of document.querySelectorAll("time[data-seconds-until]")) {
    clock.textContent = `${Math.max(0, Math.trunc((clock.dataset.secondsUntil - now) / 1000))} s`
  }
  setTimeout(tick, 1000 - (now % 1000))
}

tick()
