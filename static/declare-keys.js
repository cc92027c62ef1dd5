// Declaring by keyboard: `d` opens it from any page; there 1 to 4 choose, Enter declares, other keys go back.
const levels = document.querySelectorAll("[data-level-key]")

function typing({ target }) {
  return target.isContentEditable || target.matches("textarea, select, input:not([type=radio], [type=checkbox])")
}

function choose(key) {
  const button = [...levels].find((level) => level.dataset.levelKey === key)
  if (button) button.focus({ focusVisible: true })
  else leave()
}

// To where one was, or to the front page.
function leave() {
  const back = document.querySelector("[data-declare-back]")
  if (back && document.referrer.startsWith(location.origin + "/")) history.back()
  else back?.click()
}

document.addEventListener("keydown", (event) => {
  const leaves = event.key.length === 1 || ["Escape", "Backspace"].includes(event.key)
  if (event.ctrlKey || event.altKey || event.metaKey || event.repeat || typing(event)) return
  if (levels.length > 0 && event.key === "Enter" && event.target.matches("input")) {
    event.preventDefault() // a level is chosen first
  } else if (levels.length > 0 && leaves && event.key !== " ") {
    event.preventDefault()
    choose(event.key)
  } else if (levels.length === 0 && event.key === "d") {
    document.querySelector("[data-declare]")?.click()
  }
})
