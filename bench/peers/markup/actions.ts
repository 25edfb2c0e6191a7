"use server"

/** The page's forms are the same as in this app; the benchmark submits none of them. */
export async function signOut(): Promise<void> {}

export async function chooseTheme(): Promise<void> {}
