/** The live page's only script: looks for news every second, and copies. Plain text, because it goes into the page. */
export const liveScript = `
const copy = document.querySelector("[data-copy]")
const status = document.querySelector("[data-status]")
copy.hidden = false
copy.addEventListener("click", async () => {
  const markdown = await (await fetch(document.querySelector("[data-markdown]").href)).text()
  await navigator.clipboard.writeText(markdown)
  status.textContent = "Copied."
})
async function pollForChanges() {
  const page = await (await fetch(location.pathname)).text()
  const fresh = new DOMParser().parseFromString(page, "text/html").querySelector("[data-trace]")
  const shown = document.querySelector("[data-trace]")
  if (fresh.dataset.version === shown.dataset.version) return
  const open = [...shown.querySelectorAll("details")].map((details) => details.open)
  fresh.querySelectorAll("details").forEach((details, index) => { details.open = open[index] === true })
  shown.replaceWith(document.importNode(fresh, true))
  status.textContent = ""
}
setInterval(() => { if (!document.hidden) pollForChanges().catch(() => { status.textContent = "The emulator does not answer." }) }, 1000)
`
