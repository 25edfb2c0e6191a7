/** The whole style of the emulator's own pages: one sheet, inline, light and dark. */
export const style = `
:root {
  color-scheme: light dark;
  --paper: #f5f3ee; --card: #ffffff; --ink: #1c232b; --muted: #56606b; --line: #dbd7cd; --field: #8a8f95;
  --accent: #0b665a; --accent-hover: #084f46; --on-accent: #ffffff; --tint: #e5f1ee;
  --bad: #a3271c; --bad-tint: #fbeae7; --strip: #1c232b; --on-strip: #f5f3ee; --strip-accent: #f2b84b;
  --shadow: 0 1px 2px rgb(28 35 43 / 6%), 0 8px 24px rgb(28 35 43 / 6%);
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #12161b; --card: #1a2027; --ink: #e9e6df; --muted: #a3acb6; --line: #2f3842; --field: #6d7883;
    --accent: #66d2bd; --accent-hover: #8be0cf; --on-accent: #08231e; --tint: #17302d;
    --bad: #ff9c8f; --bad-tint: #3a1f1c; --strip: #080b0e; --on-strip: #e9e6df; --shadow: none;
  }
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; }
body {
  margin: 0; min-height: 100vh; display: flex; flex-direction: column; background: var(--paper); color: var(--ink);
  font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "Noto Sans", sans-serif;
}
.strip { background: var(--strip); color: var(--on-strip); font-size: 0.875rem; }
.strip > div { display: flex; flex-wrap: wrap; gap: 0.25rem 0.75rem; align-items: center; justify-content: space-between; }
.strip > div, main, footer { width: 100%; max-width: 60rem; margin: 0 auto; padding: 0.5rem 1.25rem; }
.brand { display: inline-flex; align-items: center; gap: 0.5rem; font-weight: 650; color: inherit; text-decoration: none; }
.brand svg { color: var(--strip-accent); flex: none; }
.strip nav { display: flex; align-items: center; gap: 1rem; }
.strip nav a, .strip nav button { color: inherit; font: inherit; text-decoration: underline; text-underline-offset: 0.2em; }
.strip nav button { background: none; border: 0; padding: 0; min-height: 0; cursor: pointer; }
main { flex: 1; padding-top: clamp(1.25rem, 5vw, 3rem); padding-bottom: 3rem; }
main.narrow { max-width: 34rem; }
footer { color: var(--muted); font-size: 0.8125rem; padding-bottom: 1.5rem; }
h1 { font-size: clamp(1.5rem, 1.2rem + 1.4vw, 2rem); line-height: 1.2; letter-spacing: -0.015em; margin: 0 0 0.5rem; text-wrap: balance; }
h2 { font-size: 1.0625rem; line-height: 1.3; margin: 0 0 0.75rem; }
p { margin: 0 0 1rem; }
a { color: var(--accent); text-underline-offset: 0.2em; }
a:hover { color: var(--accent-hover); }
code { font: 0.875em/1.4 ui-monospace, "SF Mono", "Cascadia Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace; overflow-wrap: anywhere; }
.lead, .muted { color: var(--muted); }
.small { font-size: 0.875rem; }
.card {
  background: var(--card); border: 1px solid var(--line); border-radius: 12px; box-shadow: var(--shadow);
  padding: clamp(1.125rem, 4vw, 1.75rem); margin: 0 0 1.25rem;
}
.columns { display: grid; gap: 1.25rem; align-items: start; }
.columns .card { margin: 0; }
@media (min-width: 52rem) { .columns { grid-template-columns: 22rem 1fr; } }
label { display: block; font-weight: 600; font-size: 0.9375rem; margin-bottom: 0.25rem; }
input[type="text"], input[type="password"] {
  width: 100%; font: inherit; color: inherit; background: var(--card); border: 1px solid var(--field); border-radius: 8px;
  padding: 0.5625rem 0.75rem; margin-bottom: 1rem;
}
button, .button {
  font: inherit; font-weight: 600; min-height: 2.75rem; padding: 0.5rem 1.125rem; border-radius: 8px; cursor: pointer;
  border: 1px solid var(--accent); background: var(--accent); color: var(--on-accent);
}
button:hover { background: var(--accent-hover); border-color: var(--accent-hover); }
button.quiet { background: transparent; color: var(--ink); border-color: var(--field); }
button.quiet:hover { background: var(--tint); border-color: var(--accent); }
button.wide { width: 100%; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
.strip :focus-visible { outline-color: var(--strip-accent); }
.alert { background: var(--bad-tint); color: var(--bad); border-radius: 8px; padding: 0.625rem 0.875rem; margin: 0 0 1rem; font-weight: 600; }
.notice { background: var(--tint); border-radius: 8px; padding: 0.625rem 0.875rem; margin: 0 0 1rem; }
.actions { display: flex; flex-wrap: wrap; gap: 0.75rem; }
.actions button { flex: 1 1 8rem; }
ul.plain, ol.plain { list-style: none; margin: 0; padding: 0; }
.people li + li { border-top: 1px solid var(--line); }
.person {
  display: flex; align-items: center; gap: 0.875rem; width: 100%; text-align: left; font-weight: 400; min-height: 0;
  background: transparent; color: inherit; border: 0; border-radius: 8px; padding: 0.75rem 0.5rem;
}
.person:hover { background: var(--tint); }
.person strong { display: block; font-weight: 650; overflow-wrap: anywhere; }
.person span { min-width: 0; }
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.avatar { width: 2.75rem; height: 2.75rem; border-radius: 50%; flex: none; background: var(--line); }
.who { display: flex; align-items: center; gap: 0.875rem; margin-bottom: 1.25rem; }
.who p { margin: 0; min-width: 0; overflow-wrap: anywhere; }
.scopes li { display: grid; grid-template-columns: 1.5rem 1fr; gap: 0.625rem; padding: 0.625rem 0; border-top: 1px solid var(--line); }
.scopes li:last-child { border-bottom: 1px solid var(--line); }
.scopes svg { color: var(--accent); margin-top: 0.125rem; }
ul.scopes { margin-bottom: 1.5rem; }
.card > :last-child, .card > :last-child > :last-child { margin-bottom: 0; }
.card > h1 { font-size: 1.5rem; margin-bottom: 1.25rem; }
.entry h3, .entry p { margin: 0 0 0.375rem; }
dl { display: grid; grid-template-columns: minmax(7rem, max-content) 1fr; gap: 0.375rem 1rem; margin: 0; }
dt { color: var(--muted); }
dd { margin: 0; min-width: 0; overflow-wrap: anywhere; }
@media (max-width: 30rem) { dl { grid-template-columns: 1fr; gap: 0; } dd { margin-bottom: 0.5rem; } }
.pin {
  font: 600 clamp(1.75rem, 8vw, 2.5rem)/1.2 ui-monospace, "SF Mono", "Cascadia Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace;
  letter-spacing: 0.08em; text-align: center; user-select: all; background: var(--tint); border-radius: 8px; padding: 1rem 0.5rem;
}
.entry + .entry { border-top: 1px solid var(--line); margin-top: 1.25rem; padding-top: 1.25rem; }
.entry header { display: flex; flex-wrap: wrap; gap: 0.75rem; align-items: flex-start; justify-content: space-between; }
.button { display: inline-flex; align-items: center; text-decoration: none; }
.button.quiet { background: transparent; color: var(--ink); border-color: var(--field); }
.button.quiet:hover { background: var(--tint); border-color: var(--accent); color: var(--ink); }
.tools { display: flex; flex-wrap: wrap; gap: 0.75rem; align-items: center; margin-bottom: 1.5rem; }
.hop header { display: flex; flex-wrap: wrap; gap: 0.25rem 1rem; align-items: baseline; justify-content: space-between; }
.hop h2 { margin: 0; min-width: 0; overflow-wrap: anywhere; }
.hop h3 { margin: 0.75rem 0 0.25rem; }
.hop header p, .hop p { margin: 0 0 0.25rem; }
.answer { font-weight: 650; color: var(--accent); font-variant-numeric: tabular-nums; }
.answer.bad { color: var(--bad); }
.leads { overflow-wrap: anywhere; }
.hop .leads { margin-top: 0.75rem; }
pre { margin: 0.75rem 0 0; padding: 0.75rem 0.875rem; overflow: auto; max-height: 20rem; background: var(--paper); border: 1px solid var(--line); border-radius: 8px; font-size: 0.875rem; }
summary { cursor: pointer; margin-top: 0.75rem; font-size: 0.875rem; }
`
