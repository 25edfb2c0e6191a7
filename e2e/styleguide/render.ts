import { PathnameContext } from "next/dist/shared/lib/hooks-client-context.shared-runtime"
import { createElement } from "react"
import { renderToStaticMarkup } from "react-dom/server"
import { Specimens } from "../../app/styleguide/specimens"

/** Prints the styleguide as HTML, as the page `/styleguide` of `npm run dev` has it: a program, for Playwright reads no JSX. */
process.env.BUILD_NOTICE = "What a build says on every page."
const open = { value: "/styleguide" }
const actions = { signOut: async () => {}, chooseTheme: async () => {} }
const main = createElement("main", { id: "content" }, createElement(Specimens, actions))
process.stdout.write(renderToStaticMarkup(createElement(PathnameContext.Provider, open, main)))
