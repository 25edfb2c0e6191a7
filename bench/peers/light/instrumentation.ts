/** Nothing to start. Without this file Next takes the one of the repository, which it finds further up. */
export function register(): void {}
