// Copies what `data-copy` names (an element's id) and says so on the button. Needs https or localhost.
for (const button of document.querySelectorAll("[data-copy]")) {
  button.hidden = !navigator.clipboard
  const words = button.textContent

  button.addEventListener("click", async () => {
    const source = document.getElementById(button.dataset.copy)
    try {
      await navigator.clipboard.writeText(source.value ?? source.textContent.trim())
      button.textContent = button.dataset.copied
    } catch {
      source.select ? source.select() : getSelection().selectAllChildren(source)
      button.textContent = button.dataset.uncopied
    }
    setTimeout(() => (button.textContent = words), 4000)
  })
}
