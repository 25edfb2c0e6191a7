/** A Passport strategy's decision about one request. */
export type Verdict =
  | { readonly outcome: "success"; readonly user: unknown }
  | { readonly outcome: "redirect"; readonly location: URL }
  | { readonly outcome: "fail" | "error"; readonly reason: unknown }

export interface PassportStrategy {
  authenticate(request: object, options: object): void
}

/** Passes a request to a strategy as Passport's middleware does: by lending it the methods it answers with. */
export function decideRequest(strategy: PassportStrategy, request: object, options = {}): Promise<Verdict> {
  return new Promise((resolve) => {
    const attempt = Object.assign(Object.create(strategy) as PassportStrategy, {
      success: (user: unknown) => resolve({ outcome: "success", user }),
      redirect: (address: string) => resolve({ outcome: "redirect", location: new URL(address) }),
      fail: (reason: unknown) => resolve({ outcome: "fail", reason }),
      error: (reason: unknown) => resolve({ outcome: "error", reason }),
    })
    attempt.authenticate(request, options)
  })
}
