/** Does nothing. Without this file Next would use the repository's, which it finds further up. */
export function register(): void {}
