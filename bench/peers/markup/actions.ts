"use server"

/** The forms of the page are there as in this app; nobody submits them in a benchmark. */
export async function signOut(): Promise<void> {}

export async function chooseTheme(): Promise<void> {}
