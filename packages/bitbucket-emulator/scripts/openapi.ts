import { writeFileSync } from "node:fs"
import { controlOpenApi } from "../control-openapi.ts"

/** `npm run openapi`: generates the description of the control API. */
writeFileSync(
  new URL("../control-api.openapi.json", import.meta.url),
  `${JSON.stringify(controlOpenApi(), null, 2)}\n`,
)
