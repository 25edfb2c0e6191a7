import type { Metadata } from "next"
import { signOut } from "../(signed-in)/actions"
import { chooseTheme } from "../actions"
import { Specimens } from "./specimens"

export const metadata: Metadata = { title: "Styleguide", robots: { index: false, follow: false } }

/** Every component in every state. Production builds do not contain it: see `pageExtensions` in next.config.ts. */
export default function StyleguidePage() {
  return <Specimens signOut={signOut} chooseTheme={chooseTheme} />
}
