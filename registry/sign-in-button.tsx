type Props = {
  /** A server action that starts the sign-in, or the address to post to. */
  action: string | ((form: FormData) => void | Promise<void>)
  label?: string
}

export function SignInButton({ action, label = "Sign in with Bitbucket" }: Props) {
  return (
    <form action={action} {...(typeof action === "string" && { method: "post" })}>
      <button
        type="submit"
        className="inline-flex h-10 items-center justify-center rounded-md bg-primary px-5 font-medium text-primary-foreground text-sm hover:bg-primary/90 focus-visible:outline-2 focus-visible:outline-ring focus-visible:outline-offset-2"
      >
        {label}
      </button>
    </form>
  )
}
