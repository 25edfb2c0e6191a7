import type { Vault } from "../src/connections/sealed-tokens.ts"

/** Writes tokens as they are: sealing is not what the simulation is about, and costs more than all the rest of it. */
export const plainVault: Vault = {
  seal: async ({ accessToken, refreshToken }) => `${accessToken} ${refreshToken}`,
  open: async ({ sealedTokens }) => {
    const [accessToken = "", refreshToken = ""] = sealedTokens.split(" ")
    return { accessToken, refreshToken }
  },
  isCurrent: () => true,
}
